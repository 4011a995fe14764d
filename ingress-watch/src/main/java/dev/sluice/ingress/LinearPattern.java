package dev.sluice.ingress;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Regular expressions that others write: of RE2, which takes time linear in the text, and within bounds, because the
 * time and the memory that it takes are linear in the size of the pattern as well, with its repetitions written out.
 */
final class LinearPattern {
  /** Longest text of a pattern. */
  static final int MOST_CHARS = 4096;
  /** Deepest nesting of groups. */
  static final int MOST_DEPTH = 100;
  /** Largest size with all repetitions written out. */
  static final int MOST_STEPS = 5_000;

  private final String text;
  private int at;

  private LinearPattern(String text) {
    this.text = text;
  }

  /**
   * Compiles within bounds.
   *
   * @param flags as those of {@link Pattern}
   * @throws PatternSyntaxException if it is no pattern of RE2, or too large a one
   */
  static Pattern compile(String text, int flags) {
    if (text.length() > MOST_CHARS) {
      throw new PatternSyntaxException(text.length() + " characters, more than " + MOST_CHARS, "");
    }
    LinearPattern pattern = new LinearPattern(text);
    if (pattern.steps(0) > MOST_STEPS) {
      throw new PatternSyntaxException("more than " + MOST_STEPS + " repetitions in all", text);
    }
    try {
      return Pattern.compile(text, flags);
    } catch (PatternSyntaxException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new PatternSyntaxException("it can't be read", text);
    }
  }

  static Pattern compile(String text) {
    return compile(text, 0);
  }

  /** An upper bound for the size up to the end of a group, or of the text. */
  private long steps(int depth) {
    if (depth > MOST_DEPTH) {
      throw new PatternSyntaxException("groups nested more than " + MOST_DEPTH + " deep", text);
    }
    long all = 1;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == ')') {
        return all;
      }
      long one = 1;
      if (c == '(') {
        one = steps(depth + 1) + 2;
      } else if (c == '[') {
        skipClass();
      } else if (c == '\\') {
        one = escape();
      }
      all = Math.min(all + one * times(), Integer.MAX_VALUE);
    }
    return all;
  }

  /** How often what came before may be written out: once, unless a number follows; numbers may follow one another. */
  private long times() {
    long times = 1;
    while (at < text.length() && text.charAt(at) == '{') {
      int end = text.indexOf('}', at);
      String inside = end < 0 ? "" : text.substring(at + 1, end);
      if (!inside.matches("\\d{1,9}(,\\d{0,9})?")) {
        return times;
      }
      long most = 1;
      for (String number : inside.split(",", -1)) {
        most = number.isEmpty() ? most : Math.max(most, Long.parseLong(number) + 1);
      }
      times = Math.min(times * most, Integer.MAX_VALUE);
      at = end + 1;
    }
    return times;
  }

  private void skipClass() {
    if (at < text.length() && text.charAt(at) == '^') {
      at++;
    }
    boolean first = true;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '\\') {
        at++;
      } else if (c == '[' && text.startsWith(":", at) && text.indexOf(":]", at) > 0) {
        at = text.indexOf(":]", at) + 2;
      } else if (c == ']' && !first) {
        return;
      }
      first = false;
    }
  }

  /** The size of what is escaped: all of a quoted text. */
  private long escape() {
    if (text.startsWith("Q", at)) {
      int end = text.indexOf("\\E", at);
      int from = at + 1;
      at = end < 0 ? text.length() : end + 2;
      return Math.max(1, (end < 0 ? text.length() : end) - from);
    }
    if ((text.startsWith("p{", at) || text.startsWith("P{", at) || text.startsWith("x{", at))
        && text.indexOf('}', at) > 0) {
      at = text.indexOf('}', at) + 1;
    } else {
      at++;
    }
    return 1;
  }
}
