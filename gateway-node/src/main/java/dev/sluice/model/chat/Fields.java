package dev.sluice.model.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a JSON object, each at most once, and tells at the end which nobody read. What is wrong is told in the
 * caller's words. A field that is null was not said. Where a field has several spellings, only one may stand there: the
 * provider could read the other one.
 */
public final class Fields {
  private final ObjectNode object;
  private final String at;
  private final Set<String> taken = new HashSet<>();

  private Fields(ObjectNode object, String at) {
    this.object = object;
    this.at = at;
  }

  /** @param at where the object stands; empty for the whole request */
  public static Fields of(@Nullable JsonNode node, String at) throws UnsayableException {
    if (node instanceof ObjectNode object) {
      return new Fields(object, at);
    }
    throw new UnsayableException(at.isEmpty() ? "body" : at, "must be an object");
  }

  public ObjectNode object() {
    return object;
  }

  public String at() {
    return at;
  }

  /** Where a field of it stands. */
  public String at(String field) {
    return at.isEmpty() ? field : at + "." + field;
  }

  /** Takes a field, as it is spelled here; null if it was not said. */
  public @Nullable Said<JsonNode> take(String... spellings) throws UnsayableException {
    Said<JsonNode> found = null;
    for (String name : spellings) {
      JsonNode value = object.get(name);
      if (value == null) {
        continue;
      }
      taken.add(name);
      if (found != null) {
        throw new UnsayableException(
            at(name), "stands beside " + found.at() + ", which is the same field");
      }
      found = new Said<>(value, at(name));
    }
    return found == null || found.value().isNull() ? null : found;
  }

  /** Passes over fields that change nothing of the answer. */
  public void pass(String... names) {
    taken.addAll(List.of(names));
  }

  public @Nullable Said<String> text(String... spellings) throws UnsayableException {
    Said<JsonNode> said = take(spellings);
    if (said == null) {
      return null;
    }
    if (!said.value().isTextual()) {
      throw new UnsayableException(said.at(), "must be a text");
    }
    return new Said<>(said.value().textValue(), said.at());
  }

  /** The text, or an empty one. */
  public String textOrEmpty(String... spellings) throws UnsayableException {
    Said<String> said = text(spellings);
    return said == null ? "" : said.value();
  }

  public @Nullable Said<Boolean> flag(String... spellings) throws UnsayableException {
    Said<JsonNode> said = take(spellings);
    if (said == null) {
      return null;
    }
    if (!said.value().isBoolean()) {
      throw new UnsayableException(said.at(), "must be true or false");
    }
    return new Said<>(said.value().booleanValue(), said.at());
  }

  /** Whether the flag is there and true. */
  public boolean isTrue(String... spellings) throws UnsayableException {
    Said<Boolean> said = flag(spellings);
    return said != null && said.value();
  }

  public @Nullable Said<Double> number(String... spellings) throws UnsayableException {
    Said<JsonNode> said = take(spellings);
    if (said == null) {
      return null;
    }
    if (!said.value().isNumber()) {
      throw new UnsayableException(said.at(), "must be a number");
    }
    return new Said<>(said.value().doubleValue(), said.at());
  }

  /** A number without a fraction; {@code 40.0} is one too. */
  public @Nullable Said<Long> whole(String... spellings) throws UnsayableException {
    Said<JsonNode> said = take(spellings);
    if (said == null) {
      return null;
    }
    try {
      if (said.value().isNumber()) {
        BigDecimal value = said.value().decimalValue();
        if (value.precision() - value.scale() <= 19) {
          return new Said<>(value.longValueExact(), said.at());
        }
      }
    } catch (ArithmeticException e) {
      // has a fraction
    }
    throw new UnsayableException(said.at(), "must be a whole number");
  }

  /** The members of a list of texts; a single text is a list of one. Null if it was not said. */
  public @Nullable Said<List<String>> texts(String... spellings) throws UnsayableException {
    Said<JsonNode> said = take(spellings);
    if (said == null) {
      return null;
    }
    List<String> texts = new ArrayList<>();
    Iterable<JsonNode> members = said.value().isArray() ? said.value() : List.of(said.value());
    for (JsonNode member : members) {
      if (!member.isTextual()) {
        throw new UnsayableException(said.at(), "must be a list of texts");
      }
      texts.add(member.textValue());
    }
    return new Said<>(List.copyOf(texts), said.at());
  }

  /** An object; null if it was not said. */
  public @Nullable Fields fields(String... spellings) throws UnsayableException {
    Said<JsonNode> said = take(spellings);
    return said == null ? null : of(said.value(), said.at());
  }

  /** The objects of a list; empty if it was not said. */
  public List<Fields> list(String... spellings) throws UnsayableException {
    Said<JsonNode> said = take(spellings);
    if (said == null) {
      return List.of();
    }
    if (!said.value().isArray()) {
      throw new UnsayableException(said.at(), "must be a list");
    }
    List<Fields> members = new ArrayList<>();
    for (JsonNode member : said.value()) {
      members.add(of(member, said.at() + "[" + members.size() + "]"));
    }
    return members;
  }

  /** As {@link #list}, where one object alone stands for a list of it. */
  public List<Fields> oneOrMore(String... spellings) throws UnsayableException {
    for (String name : spellings) {
      if (object.get(name) instanceof ObjectNode) {
        Fields one = fields(spellings);
        return one == null ? List.of() : List.of(one);
      }
    }
    return list(spellings);
  }

  /** The fields that nobody has taken and that are not null, each with its place twice, as a conversation takes them. */
  public List<Said<String>> rest() {
    List<Said<String>> rest = new ArrayList<>();
    object.fieldNames().forEachRemaining(name -> {
      if (!taken.contains(name) && !object.path(name).isNull()) {
        rest.add(new Said<>(at(name), at(name)));
      }
    });
    return rest;
  }
}
