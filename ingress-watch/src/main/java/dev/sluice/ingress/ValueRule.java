package dev.sluice.ingress;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A condition on a header or on a query parameter.
 *
 * @param name of the header, in any case, or of the parameter
 * @param exact value it must equal, or null
 * @param pattern that the whole value must match, or null; with neither the value only has to be there
 */
public record ValueRule(
    Where where,
    String name,
    @Nullable String exact,
    @Nullable Pattern pattern) {
  public enum Where {
    HEADER,
    QUERY
  }

  boolean matches(RequestView request) {
    String value = where == Where.HEADER ? request.header(name) : request.query(name);
    if (value == null) {
      return false;
    }
    return exact != null ? exact.equals(value) : pattern == null || pattern.matches(value);
  }
}
