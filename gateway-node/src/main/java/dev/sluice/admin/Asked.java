package dev.sluice.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.tenancy.Change;
import java.util.Map;

/**
 * A request as operations see it: checked as far as the table of operations says.
 *
 * @param path parts of the path by name
 * @param query values by name, each good
 * @param body missing for operations without one
 * @param ifMatch the number in If-Match; {@link Change#ANY} for {@code *} and for operations without it
 * @param idempotencyKey empty for operations without it
 */
record Asked(
    Caller caller,
    Operation operation,
    Map<String, String> path,
    Map<String, String> query,
    JsonNode body,
    long ifMatch,
    String idempotencyKey) {
  /** Part of the path. */
  String path(String name) {
    return path.getOrDefault(name, "");
  }

  /** Value of the query; empty if it is not there. */
  String query(String name) {
    return query.getOrDefault(name, "");
  }

  int most() {
    return Integer.parseInt(query.getOrDefault("limit", Operation.DEFAULT_LIMIT));
  }

  Change change() {
    return new Change(caller.name(), caller.role().word(), operation.id(), ifMatch);
  }
}
