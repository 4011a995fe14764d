package dev.sluice.ingress;

/**
 * Names with any number of {@code *}, each of which stands for any characters or none.
 *
 * @param text as declared
 */
public record ModelGlob(String text) {
  private static final char STAR = '*';

  /** Whether it is one whole name. */
  public boolean exact() {
    return text.indexOf(STAR) < 0;
  }

  /** Characters of it that stand for themselves: of two that match, the one with more is more exact. */
  public int literals() {
    return (int) text.chars().filter(one -> one != STAR).count();
  }

  public boolean matches(String name) {
    int at = 0;
    int in = 0;
    int star = -1;
    int resume = 0;
    while (in < name.length()) {
      if (at < text.length() && text.charAt(at) == STAR) {
        star = at++;
        resume = in;
      } else if (at < text.length() && text.charAt(at) == name.charAt(in)) {
        at++;
        in++;
      } else if (star >= 0) {
        at = star + 1;
        in = ++resume;
      } else {
        return false;
      }
    }
    while (at < text.length() && text.charAt(at) == STAR) {
      at++;
    }
    return at == text.length();
  }

  /**
   * What the one star stands for in a name that matches.
   *
   * @return the whole name if there is not exactly one star
   */
  public String caught(String name) {
    int star = text.indexOf(STAR);
    boolean one = star >= 0 && star == text.lastIndexOf(STAR);
    return one ? name.substring(star, name.length() - (text.length() - star - 1)) : name;
  }
}
