package dev.sluice.ingress;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rule: which requests of its host it takes, what is done to them on the way, and where they go.
 *
 * @param declaredBy object that declares it
 * @param path which paths it takes
 * @param method the only method it takes, or null for all
 * @param conditions on headers and query parameters, all of which must hold
 * @param filters in the order they run
 * @param bodyBytes longest request body; 0 for any
 */
public record Route(
    ObjectKey declaredBy,
    PathRule path,
    @Nullable String method,
    List<ValueRule> conditions,
    List<Filter> filters,
    Action action,
    Timeouts timeouts,
    Retries retries,
    long bodyBytes) {
  /** Whether it takes this request, whose path is known to match. */
  boolean takes(RequestView request) {
    if (method != null && !method.equals(request.method())) {
      return false;
    }
    for (ValueRule condition : conditions) {
      if (!condition.matches(request)) {
        return false;
      }
    }
    return true;
  }
}
