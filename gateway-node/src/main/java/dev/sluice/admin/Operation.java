package dev.sluice.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table of operations: what the server routes and checks by, and what the OpenAPI document says.
 *
 * @param path with its parts in braces, below {@code /api/v1}
 * @param body name of the schema of its body; null for none
 * @param status of its good answer
 * @param answer name of the schema of its good answer; a list of it where it ends in {@code []}; empty for no body
 */
record Operation(
    String id,
    String method,
    String path,
    Access access,
    String summary,
    List<Parameter> query,
    @Nullable String body,
    boolean ifMatch,
    boolean idempotent,
    int status,
    String answer,
    Function<Asked, CompletionStage<Answer>> handler) {
  static final String DEFAULT_LIMIT = "100";

  /**
   * A value of the query.
   *
   * @param valid what the whole value must be
   */
  record Parameter(String name, String description, Pattern valid, boolean required) {
    static Parameter optional(String name, String description, String valid) {
      return new Parameter(name, description, Pattern.compile(valid), false);
    }
  }

  private static final Parameter LIMIT = Parameter.optional(
      "limit", "Most items of the answer: 1 to 1000; the default is 100.", "[1-9][0-9]{0,2}|1000");

  static Operation get(
      String id,
      String path,
      Access access,
      String summary,
      String answer,
      Function<Asked, CompletionStage<Answer>> handler) {
    return new Operation(
        id, "GET", path, access, summary, List.of(), null, false, false, 200, answer, handler);
  }

  static Operation post(
      String id,
      String path,
      Access access,
      String summary,
      String body,
      int status,
      String answer,
      Function<Asked, CompletionStage<Answer>> handler) {
    return new Operation(
        id, "POST", path, access, summary, List.of(), body, false, false, status, answer, handler);
  }

  static Operation put(
      String id,
      String path,
      Access access,
      String summary,
      String body,
      String answer,
      Function<Asked, CompletionStage<Answer>> handler) {
    return new Operation(
        id, "PUT", path, access, summary, List.of(), body, true, false, 200, answer, handler);
  }

  static Operation delete(
      String id,
      String path,
      Access access,
      String summary,
      Function<Asked, CompletionStage<Answer>> handler) {
    return new Operation(
        id, "DELETE", path, access, summary, List.of(), null, true, false, 204, "", handler);
  }

  /** In pages: a Link field leads to the next. */
  Operation paged(String cursor, String valid) {
    return with(LIMIT, Parameter.optional("after", cursor, valid));
  }

  Operation with(Parameter... more) {
    List<Parameter> all = new ArrayList<>(query);
    all.addAll(List.of(more));
    return new Operation(
        id, method, path, access, summary, all, body, ifMatch, idempotent, status, answer, handler);
  }

  /** With an Idempotency-Key. */
  Operation once() {
    return new Operation(
        id, method, path, access, summary, query, body, ifMatch, true, status, answer, handler);
  }

  boolean takes(String parameter) {
    return query.stream().anyMatch(one -> one.name().equals(parameter));
  }
}
