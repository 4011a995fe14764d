package dev.sluice.ingress;

import java.util.Comparator;

/**
 * Something declared that can't be honoured as it stands.
 *
 * @param place the file it is in with its line, or empty for an object of the API server
 * @param object such as {@code Ingress shop/cart}, or empty where no object could be told
 * @param field path of the field, such as {@code spec.rules[0].host}, or empty
 * @param what what is wrong, with the value that was found
 * @param expected what would be right, and so what to do
 * @param effect what the gateway does instead
 * @param weight how much that is
 */
public record Problem(
    String place,
    String object,
    String field,
    String what,
    String expected,
    String effect,
    Weight weight)
    implements Comparable<Problem> {
  /** How much follows from a problem, least first. */
  public enum Weight {
    /** It is served, otherwise than it asks for. */
    DIFFERS,
    /** Something that it names is not there, or not yet. */
    MISSING,
    /** What it says can't be honoured: it, or the part of it that is meant, is not served. */
    REFUSED
  }

  private static final Comparator<Problem> ORDER = Comparator.comparing(Problem::place)
      .thenComparing(Problem::object)
      .thenComparing(Problem::field)
      .thenComparing(Problem::what)
      .thenComparing(Problem::expected)
      .thenComparing(Problem::effect)
      .thenComparing(Problem::weight);

  /** One of something that is not served. */
  public Problem(
      String place, String object, String field, String what, String expected, String effect) {
    this(place, object, field, what, expected, effect, Weight.REFUSED);
  }

  /** The same of something that is served all the same. */
  Problem differing() {
    return new Problem(place, object, field, what, expected, effect, Weight.DIFFERS);
  }

  /** The same of something that only waits for another object. */
  Problem missing() {
    return new Problem(place, object, field, what, expected, effect, Weight.MISSING);
  }

  @Override
  public int compareTo(Problem other) {
    return ORDER.compare(this, other);
  }

  /** One line for people: {@code shop.yaml:12: Ingress shop/cart: spec.rules[0].host: … (expected: …); …}. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    for (String part : new String[] {place, object, field}) {
      if (!part.isEmpty()) {
        line.append(part).append(": ");
      }
    }
    line.append(what);
    if (!expected.isEmpty()) {
      line.append(" (expected: ").append(expected).append(')');
    }
    return effect.isEmpty() ? line.toString() : line.append("; ").append(effect).toString();
  }
}
