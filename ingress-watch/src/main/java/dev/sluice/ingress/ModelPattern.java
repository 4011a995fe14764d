package dev.sluice.ingress;

/**
 * A model's name, or the beginning of some.
 *
 * @param text as declared; ends in {@code *} if it is a beginning
 */
public record ModelPattern(String text) {
  /** Whether it is a whole name. */
  public boolean exact() {
    return !text.endsWith("*");
  }

  /** The whole name, or the beginning. */
  public String stem() {
    return exact() ? text : text.substring(0, text.length() - 1);
  }

  public boolean matches(String model) {
    return exact() ? text.equals(model) : model.startsWith(stem());
  }

  /** Whether it matches all that the other one matches. */
  public boolean covers(ModelPattern other) {
    return exact() ? text.equals(other.text) : other.stem().startsWith(stem());
  }
}
