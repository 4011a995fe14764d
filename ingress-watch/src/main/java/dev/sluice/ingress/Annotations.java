package dev.sluice.ingress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The annotations of one Ingress, read one by one. What is wrong with them, and what nobody asked for, is told. */
final class Annotations {
  static final String PREFIX = "nginx.ingress.kubernetes.io/";
  static final String CLOSED = "the paths of this Ingress answer 503";
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})([kKmMgG]?)");

  private final DeclaredIngress ingress;
  private final ControllerConfig config;
  private final Declarations declared;
  private final Map<String, String> values = new TreeMap<>();
  private final Set<String> asked = new HashSet<>();
  private final Map<String, Problem> told = new TreeMap<>();
  private @Nullable String closed;

  /** With the defaults of the controller's ConfigMap, and what may be named of other namespaces. */
  Annotations(DeclaredIngress ingress, Declarations declared) {
    this.ingress = ingress;
    this.declared = declared;
    this.config = ControllerConfig.of(declared);
    ingress.annotations().forEach((key, value) -> {
      if (key.startsWith(PREFIX)) {
        values.put(key.substring(PREFIX.length()), value.strip());
      }
    });
    values.forEach((key, value) -> {
      if (!key.endsWith("-snippet") && value.chars().anyMatch(Annotations::isControl)) {
        close(key, "it holds control characters", "a text without any");
      }
    });
  }

  DeclaredIngress ingress() {
    return ingress;
  }

  ControllerConfig config() {
    return config;
  }

  List<Problem> problems() {
    return List.copyOf(told.values());
  }

  /** Why the paths must answer 503, or null. */
  @Nullable
  String closed() {
    return closed;
  }

  /** Whether the Ingress itself says something about this. */
  boolean has(String key) {
    asked.add(key);
    return values.containsKey(key);
  }

  /** What the Ingress says, else what the controller's ConfigMap says for all, else null. */
  @Nullable
  String text(String key) {
    asked.add(key);
    String value = values.get(key);
    return value == null ? config.defaultOf(key) : value;
  }

  boolean flag(String key, boolean otherwise) {
    String value = text(key);
    if (value == null) {
      return otherwise;
    }
    Boolean flag = flagOf(value.strip());
    if (flag != null) {
      return flag;
    }
    invalid(key, "true or false", "" + otherwise);
    return otherwise;
  }

  /** As Go reads it, or null if it is neither. */
  static @Nullable Boolean flagOf(String value) {
    return switch (value) {
      case "1", "t", "T", "TRUE", "true", "True" -> Boolean.TRUE;
      case "0", "f", "F", "FALSE", "false", "False" -> Boolean.FALSE;
      default -> null;
    };
  }

  /** {@code on} or {@code off}. */
  boolean onOff(String key, boolean otherwise) {
    String value = text(key);
    if (value == null || value.equals(otherwise ? "on" : "off")) {
      return otherwise;
    }
    if (value.equals(otherwise ? "off" : "on")) {
      return !otherwise;
    }
    invalid(key, "on or off", otherwise ? "on" : "off");
    return otherwise;
  }

  int number(String key, int least, int most, int otherwise) {
    String value = text(key);
    if (value == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(value.strip());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below, with the numbers out of range
    }
    invalid(key, "a whole number from " + least + " to " + most, "" + otherwise);
    return otherwise;
  }

  Duration seconds(String key, Duration otherwise) {
    return Duration.ofSeconds(number(key, 1, 1_000_000, (int) otherwise.toSeconds()));
  }

  /** @param shown the default as it is written */
  long size(String key, long otherwise, String shown) {
    String value = text(key);
    if (value == null) {
      return otherwise;
    }
    Matcher matcher = SIZE.matcher(value);
    if (matcher.matches()) {
      int shift = switch (matcher.group(2)) {
        case "k", "K" -> 10;
        case "m", "M" -> 20;
        case "g", "G" -> 30;
        default -> 0;
      };
      long number = Long.parseLong(matcher.group(1));
      if (number <= Long.MAX_VALUE >> shift) {
        return number << shift;
      }
    }
    invalid(key, "a size such as 8m, or 0 for any", shown);
    return otherwise;
  }

  /** Items between commas, without blanks around them. */
  List<String> list(String key) {
    String value = text(key);
    List<String> items = new ArrayList<>();
    for (String item : (value == null ? "" : value).split(",", -1)) {
      if (!item.isBlank()) {
        items.add(item.strip());
      }
    }
    return items;
  }

  /** A text with variables, or null; one that can't be read closes the paths. */
  @Nullable
  Template template(String key) {
    String value = text(key);
    if (value == null || value.isEmpty()) {
      return null;
    }
    Optional<Template> template = isFieldValue(value) ? Template.parse(value) : Optional.empty();
    if (template.isEmpty()) {
      close(key, '"' + value + '"', "a text with no variables but those of the documentation");
    }
    return template.orElse(null);
  }

  /**
   * The object that a value names: in the Ingress' own namespace, or in the one before the slash. That must be the same,
   * unless a ReferenceGrant there lets it be named, or the controller's ConfigMap allows all others. Null closes the paths.
   */
  @Nullable
  ObjectKey reference(String key, String kind, boolean needsNamespace) {
    String own = ingress.key().namespace();
    ObjectKey named = named(kind, String.valueOf(text(key)), needsNamespace ? "" : own);
    if (named == null) {
      close(key, '"' + text(key) + '"', "namespace/name, in the namespace of the Ingress");
      return null;
    }
    if (!named.namespace().equals(own)
        && !config.allowsOtherNamespaces()
        && !declared.grants(own, named)) {
      close(
          key,
          '"' + text(key) + '"',
          "one in the namespace of the Ingress, a ReferenceGrant in the other one, or allow-cross-namespace-resources");
      return null;
    }
    return named;
  }

  /** @param otherwise the namespace of a name without one; empty if it must have one */
  static @Nullable ObjectKey named(String kind, String value, String otherwise) {
    int slash = value.indexOf('/');
    String namespace = slash < 0 ? otherwise : value.substring(0, slash);
    String name = value.substring(slash + 1);
    return namespace.isEmpty() || name.isEmpty() || name.indexOf('/') >= 0
        ? null
        : new ObjectKey(kind, namespace, name);
  }

  /** A value that can't be read: the default is used. */
  void invalid(String key, String expected, String otherwise) {
    note(key, '"' + text(key) + '"', expected, "the default " + otherwise + " is used");
  }

  /** Something that keeps somebody out, or leads somewhere else, can't be honoured: nothing is served instead. */
  void close(String key, String what, String expected) {
    if (closed == null) {
      closed = "the annotation " + key + " can't be honoured";
    }
    add(key, problem(key, what, expected, CLOSED));
  }

  /** The same where an object that it names is not there, or not yet. */
  void closeUntil(String key, String what, String expected) {
    if (closed == null) {
      closed = "what the annotation " + key + " names does not exist";
    }
    add(key, problem(key, what, expected, CLOSED).missing());
  }

  /** Something is served otherwise than it asks for. */
  void note(String key, String what, String expected, String effect) {
    add(key, problem(key, what, expected, effect).differing());
  }

  private Problem problem(String key, String what, String expected, String effect) {
    return ingress.problem("metadata.annotations." + PREFIX + key, what, expected, effect);
  }

  /** The first one of a key counts, unless another closes the paths. */
  private void add(String key, Problem problem) {
    asked.add(key);
    Problem before = told.get(key);
    if (before == null || before.weight().compareTo(problem.weight()) < 0) {
      told.put(key, problem);
    }
  }

  /** Keys that nobody has asked for. */
  List<String> unread() {
    return values.keySet().stream().filter(key -> !asked.contains(key)).toList();
  }

  /** Whether any value holds one of these words. */
  @Nullable
  String keyHolding(List<String> words) {
    for (Map.Entry<String, String> entry : values.entrySet()) {
      for (String word : words) {
        if (entry.getValue().contains(word)) {
          return entry.getKey();
        }
      }
    }
    return null;
  }

  /** Whether it is the name of a header field or a cookie. */
  static boolean isToken(String text) {
    return !text.isEmpty()
        && text.chars().allMatch(c -> c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0);
  }

  /** Control characters that no line has. Lists may stand on several lines. */
  private static boolean isControl(int c) {
    return c < ' ' && c != '\t' && c != '\n' && c != '\r' || c >= 127 && c < 160;
  }

  /** Whether it holds no control characters. */
  static boolean isFieldValue(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c != 127);
  }

  /** Whether it is an absolute HTTP URL without anything that a browser or a log could take for something else. */
  static boolean isUrl(String text) {
    return text.matches(
            "https?://[A-Za-z0-9._\\[\\]:-]+([/?#][A-Za-z0-9._~:/?#\\[\\]@!&'()*+,=%-]*)?")
        && !text.contains("..");
  }

  /** Whether it leads to an address that only the machine itself means: there its metadata and credentials stand. */
  static boolean isOfTheMachine(String url) {
    return url.matches(
        "(?i)https?://(169\\.254\\.|\\[?fe[89ab][0-9a-f]:|metadata\\.google\\.internal).*");
  }

  static boolean isPath(String text) {
    return text.matches("/[A-Za-z0-9._~:/?#@!&'()*+,=%-]*") && !text.startsWith("//");
  }
}
