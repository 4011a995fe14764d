package dev.sluice.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An answer.
 *
 * @param body empty for none
 * @param fields of its head, besides the content's type and length
 */
record Answer(int status, String contentType, String body, Map<String, String> fields) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<Integer, String> TITLES = Map.ofEntries(
      Map.entry(400, "Bad Request"),
      Map.entry(401, "Unauthorized"),
      Map.entry(403, "Forbidden"),
      Map.entry(404, "Not Found"),
      Map.entry(405, "Method Not Allowed"),
      Map.entry(408, "Request Timeout"),
      Map.entry(409, "Conflict"),
      Map.entry(412, "Precondition Failed"),
      Map.entry(413, "Content Too Large"),
      Map.entry(415, "Unsupported Media Type"),
      Map.entry(422, "Unprocessable Content"),
      Map.entry(428, "Precondition Required"),
      Map.entry(500, "Internal Server Error"),
      Map.entry(503, "Service Unavailable"));

  static Answer json(int status, JsonNode body) {
    return new Answer(status, "application/json", body.toPrettyString() + "\n", Map.of());
  }

  /** @param value a record, or a list of some */
  static Answer of(Object value) {
    return json(200, JSON.valueToTree(value));
  }

  static Answer text(String contentType, String body) {
    return new Answer(200, contentType, body, Map.of());
  }

  static Answer nothing() {
    return new Answer(204, "", "", Map.of());
  }

  /** What went wrong, in words. */
  static Answer problem(int status, String detail) {
    return problem(status, detail, List.of());
  }

  /** Which fields were wrong, what was found, and what was expected. */
  static Answer problem(int status, String detail, List<Problem> fields) {
    ObjectNode body = JsonNodeFactory.instance
        .objectNode()
        .put("type", "about:blank")
        .put("title", TITLES.getOrDefault(status, "Error"))
        .put("status", status)
        .put("detail", detail);
    if (!fields.isEmpty()) {
      ArrayNode errors = body.putArray("errors");
      fields.forEach(one -> errors
          .addObject()
          .put("field", one.field())
          .put("problem", one.what())
          .put("expected", one.expected()));
    }
    return new Answer(status, "application/problem+json", body.toPrettyString() + "\n", Map.of());
  }

  Answer with(String field, String value) {
    Map<String, String> all = new LinkedHashMap<>(fields);
    all.put(field, value);
    return new Answer(status, contentType, body, all);
  }

  Answer withEtag(long changed) {
    return with("ETag", "\"" + changed + "\"");
  }
}
