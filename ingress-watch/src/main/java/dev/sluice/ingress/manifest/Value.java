package dev.sluice.ingress.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One value of an object with its path. Whoever reads it gets a usable value in any case; what was wrong is collected,
 * so that an object's problems are told all at once.
 */
final class Value {
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/=\\s]*");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  private final JsonNode node;
  private final String path;
  private final String name;
  private final ProblemsOfObject problems;
  private final boolean secret;

  /** A whole object. */
  Value(JsonNode object, ProblemsOfObject problems) {
    this(object, "", "", problems, false);
  }

  private Value(
      JsonNode node, String path, String name, ProblemsOfObject problems, boolean secret) {
    this.node = node;
    this.path = path;
    this.name = name;
    this.problems = problems;
    this.secret = secret;
  }

  String path() {
    return path;
  }

  /** The last part of the path; empty for an item of a list. */
  String name() {
    return name;
  }

  boolean exists() {
    return !node.isMissingNode() && !node.isNull();
  }

  Value field(String name) {
    if (exists() && !node.isObject()) {
      refuse("a mapping");
      return told().field(name);
    }
    return new Value(node.path(name), child(name), name, problems, secret);
  }

  /** Stands for a value that was refused: nothing more is told of what is missing inside it. */
  Value told() {
    return new Value(MissingNode.getInstance(), path, name, problems.silent(), secret);
  }

  /** The same, but no message shows it or what is inside it: where people put secrets, rightly or by mistake. */
  Value secret() {
    return new Value(node, path, name, problems, true);
  }

  /**
   * Notes every field but these, and those of these that stand there without a value. For our own kinds, where a
   * misspelt limit, or one whose lines were commented out, must not pass for none.
   */
  Value only(String... names) {
    Set<String> known = Set.of(names);
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!known.contains(field.getKey())) {
        problems.add(child(field.getKey()), "unknown field", "one of " + String.join(", ", names));
      } else if (field.getValue().isNull()) {
        problems.add(child(field.getKey()), "no value", "a value, or no such field");
      }
    }
    return this;
  }

  List<Value> items() {
    return items(Integer.MAX_VALUE);
  }

  /** @param most how many there may be */
  List<Value> items(int most) {
    List<Value> items = new ArrayList<>();
    if (exists() && !node.isArray()) {
      refuse("a list");
      return items;
    }
    if (node.size() > most) {
      problems.add(path, node.size() + " items", "at most " + most);
      return items;
    }
    for (int i = 0; i < node.size(); i++) {
      items.add(new Value(node.get(i), path + "[" + i + "]", "", problems, secret));
    }
    return items;
  }

  /** @param atLeastOne for a message, if there is none */
  List<Value> requiredItems(int most, String atLeastOne) {
    if (!exists() || node.isArray() && node.isEmpty()) {
      refuse(atLeastOne);
    }
    return items(most);
  }

  /** The text, or empty if there is none. */
  String text() {
    if (!exists()) {
      return "";
    }
    if (!node.isTextual()) {
      refuse(node.isValueNode() ? "a text (put it in quotes)" : "a text");
      return "";
    }
    return node.textValue();
  }

  String requiredText() {
    String text = text();
    if (text.isEmpty() && (!exists() || node.isTextual())) {
      refuse("a text");
    }
    return text;
  }

  /** A text that may be missing or empty, as Kubernetes has it for its own kinds, and must else satisfy this. */
  String text(Predicate<String> valid, String expected) {
    String text = text();
    if (!text.isEmpty() && !valid.test(text)) {
      refuse(expected);
    }
    return text;
  }

  String requiredText(Predicate<String> valid, String expected) {
    if (!exists()) {
      refuse(expected);
      return "";
    }
    return textIfAny(valid, expected);
  }

  /** A text that may be missing, but not empty, and must else satisfy this. */
  String textIfAny(Predicate<String> valid, String expected) {
    String text = text();
    if (node.isTextual() && (text.isEmpty() || !valid.test(text))) {
      refuse(expected);
    }
    return text;
  }

  long number(long least, long most, long ifMissing) {
    if (!exists()) {
      return ifMissing;
    }
    if (!node.isNumber()
        || !node.canConvertToLong()
        || node.decimalValue().stripTrailingZeros().scale() > 0) {
      refuse("a whole number from " + least + " to " + most);
      return ifMissing;
    }
    long number = node.longValue();
    if (number < least || number > most) {
      refuse("a whole number from " + least + " to " + most);
    }
    return number;
  }

  long requiredNumber(long least, long most) {
    if (!exists()) {
      refuse("a whole number from " + least + " to " + most);
    }
    return number(least, most, least);
  }

  /** A time such as 500ms, 5s, 10m or 1h. */
  Duration duration(Duration least, Duration most, Duration ifMissing) {
    String expected = "a time such as 30s, from " + text(least) + " to " + text(most);
    String text = text();
    if (!node.isTextual()) {
      return ifMissing;
    }
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      refuse(expected);
      return ifMissing;
    }
    long amount = Long.parseLong(matcher.group(1));
    Duration duration = switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      refuse(expected);
    }
    return duration;
  }

  /** One of these words, exactly as written; empty if it is none, or there is none, which is a problem. */
  <E extends Enum<E>> Optional<E> requiredChoice(E[] all, Function<E, String> word) {
    String text = text();
    List<String> words = new ArrayList<>();
    for (E one : all) {
      if (word.apply(one).equals(text)) {
        return Optional.of(one);
      }
      words.add(word.apply(one));
    }
    if (!exists() || node.isTextual()) {
      String last = words.remove(words.size() - 1);
      refuse(words.isEmpty() ? last : String.join(", ", words) + " or " + last);
    }
    return Optional.empty();
  }

  Map<String, String> texts() {
    Map<String, String> texts = new TreeMap<>();
    for (Value entry : entries()) {
      texts.put(entry.name(), entry.text());
    }
    return texts;
  }

  /** The values of a mapping, each with its {@link #name}. */
  List<Value> entries() {
    List<Value> entries = new ArrayList<>();
    if (exists() && !node.isObject()) {
      refuse("a mapping");
      return entries;
    }
    for (String name : (Iterable<String>) node::fieldNames) {
      entries.add(new Value(node.path(name), child(name), name, problems, secret));
    }
    return entries;
  }

  /** @param most how many there may be */
  List<Value> entries(int most) {
    if (exists() && node.isObject() && node.size() > most) {
      problems.add(path, node.size() + " entries", "at most " + most);
      return List.of();
    }
    return entries();
  }

  /** The bytes behind base64 text; none if there is no value. */
  byte[] base64() {
    try {
      if (!exists()) {
        return new byte[0];
      }
      if (node.isTextual() && BASE64.matcher(node.textValue()).matches()) {
        return Base64.getMimeDecoder().decode(node.textValue());
      }
    } catch (IllegalArgumentException e) {
      // told below, as any other text that is no base64
    }
    refuse("base64 (a plain text goes under stringData)");
    return new byte[0];
  }

  /** Notes that this value can't be taken. */
  void refuse(String expected) {
    problems.add(path, exists() ? shown() : "missing", expected);
  }

  JsonNode node() {
    return node;
  }

  private String shown() {
    if (secret) {
      return "this value";
    }
    if (!node.isValueNode()) {
      return node.isArray() ? "a list" : "a mapping";
    }
    String text = node.asText();
    return '"' + (text.length() > 80 ? text.substring(0, 80) + "…" : text) + '"';
  }

  private String child(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static String text(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
