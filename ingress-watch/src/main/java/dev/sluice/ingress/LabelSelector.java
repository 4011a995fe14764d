package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which labels an object must have, as kubectl's {@code -l} takes it: {@code a=b}, {@code a!=b}, {@code a in (b,c)}, {@code a
 * notin (b,c)}, {@code a}, {@code !a}, and several of these between commas.
 *
 * @param text as it was given
 */
public record LabelSelector(String text, List<Requirement> requirements) {
  /** Takes every object. */
  public static final LabelSelector EVERYTHING = new LabelSelector("", List.of());

  /**
   * @param values empty: the label must be there, or not
   * @param wanted whether its value must be one of these, or none of them
   */
  public record Requirement(String key, Set<String> values, boolean wanted) {
    boolean matches(Map<String, String> labels) {
      String value = labels.get(key);
      boolean is = value != null && (values.isEmpty() || values.contains(value));
      return is == wanted;
    }
  }

  private static final String KEY = "([A-Za-z0-9][A-Za-z0-9._/-]*)";
  private static final String VALUE = "[A-Za-z0-9._-]*";
  private static final Pattern ONE =
      Pattern.compile("(!?)\\s*" + KEY + "|" + KEY + "\\s*(==|=|!=)\\s*(" + VALUE + ")|" + KEY
          + "\\s+(in|notin)\\s*\\(\\s*(" + VALUE + "(?:\\s*,\\s*" + VALUE + ")*)\\s*\\)");

  /** @throws IllegalArgumentException that says what can't be read */
  public static LabelSelector parse(String text) {
    List<Requirement> requirements = new ArrayList<>();
    for (String part : text.isBlank() ? new String[0] : text.split(",(?![^(]*\\))", -1)) {
      Matcher matcher = ONE.matcher(part.strip());
      if (!matcher.matches()) {
        throw new IllegalArgumentException('"' + part.strip() + '"');
      }
      requirements.add(requirement(matcher));
    }
    return new LabelSelector(text.strip(), List.copyOf(requirements));
  }

  private static Requirement requirement(Matcher matcher) {
    if (matcher.group(2) != null) {
      return new Requirement(matcher.group(2), Set.of(), matcher.group(1).isEmpty());
    }
    if (matcher.group(3) != null) {
      boolean wanted = !matcher.group(4).equals("!=");
      return new Requirement(matcher.group(3), Set.of(matcher.group(5)), wanted);
    }
    Set<String> values = new TreeSet<>(List.of(matcher.group(8).split("\\s*,\\s*", -1)));
    return new Requirement(matcher.group(6), values, matcher.group(7).equals("in"));
  }

  public boolean matches(Map<String, String> labels) {
    return requirements.stream().allMatch(one -> one.matches(labels));
  }

  public boolean takesEverything() {
    return requirements.isEmpty();
  }
}
