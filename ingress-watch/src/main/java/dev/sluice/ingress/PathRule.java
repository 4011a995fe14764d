package dev.sluice.ingress;

import com.google.re2j.Pattern;

/** Which paths a route takes. Paths are decoded and normalised, and begin with a slash. */
public sealed interface PathRule {
  boolean matches(String path);

  /** Equal to the letter. */
  record Exact(String path) implements PathRule {
    @Override
    public boolean matches(String candidate) {
      return path.equals(candidate);
    }
  }

  /** This path and all below it, by whole segments: {@code /a} takes {@code /a} and {@code /a/b}, not {@code /ab}. */
  record Prefix(String path) implements PathRule {
    public Prefix {
      path = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    @Override
    public boolean matches(String candidate) {
      return candidate.startsWith(path)
          && (candidate.length() == path.length() || candidate.charAt(path.length()) == '/');
    }
  }

  /** A linear-time regular expression that must match from the start of the path. */
  record Regex(Pattern pattern) implements PathRule {
    @Override
    public boolean matches(String candidate) {
      return pattern.matcher(candidate).lookingAt();
    }
  }
}
