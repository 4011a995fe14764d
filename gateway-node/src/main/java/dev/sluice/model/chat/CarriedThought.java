package dev.sluice.model.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A signed thought on its way through a dialect that has no place for it: inside the id of the tool call that it led to,
 * which callers give back as it came. The id becomes {@code ID.thought-BASE64URL}.
 *
 * @param text in words; may be empty
 * @param signature with its maker
 * @param first whether nothing was said before it in its turn
 */
public record CarriedThought(String text, Signature signature, boolean first) {
  private static final String MARK = ".thought-";

  /** In whose dialect the maker of a signature is always told, as it is never that one's own. */
  private static final Signature.Maker OWN = Signature.Maker.OPENAI;

  private static final int FIELDS = 3;

  /** The id with the thoughts in it; as it is if there are none. */
  public static String carry(String id, List<CarriedThought> thoughts) {
    if (thoughts.isEmpty()) {
      return id;
    }
    ArrayNode all = Json.MAPPER.createArrayNode();
    for (CarriedThought one : thoughts) {
      all.addArray().add(one.signature.in(OWN)).add(one.text).add(one.first);
    }
    byte[] bytes = all.toString().getBytes(StandardCharsets.UTF_8);
    return id + MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether an id may have thoughts in it. */
  public static boolean mayBeIn(String id) {
    return id.contains(MARK);
  }

  /** The id as the provider gave it. */
  public static String bare(String id) {
    return of(id).isEmpty() ? id : id.substring(0, id.lastIndexOf(MARK));
  }

  /** The thoughts in an id; none if it carries none that can be read. */
  public static List<CarriedThought> of(String id) {
    int mark = id.lastIndexOf(MARK);
    List<CarriedThought> thoughts = new ArrayList<>();
    JsonNode all = mark < 0 ? null : decoded(id.substring(mark + MARK.length()));
    if (all == null || !all.isArray()) {
      return List.of();
    }
    for (JsonNode one : all) {
      if (one.size() != FIELDS
          || !one.path(0).isTextual()
          || !one.path(1).isTextual()
          || !one.path(2).isBoolean()) {
        return List.of();
      }
      thoughts.add(new CarriedThought(
          one.path(1).textValue(),
          Signature.of(one.path(0).textValue(), OWN),
          one.path(2).booleanValue()));
    }
    return thoughts;
  }

  private static @Nullable JsonNode decoded(String base64) {
    try {
      return Json.tree(Base64.getUrlDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
