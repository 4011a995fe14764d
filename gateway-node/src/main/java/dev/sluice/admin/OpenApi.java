package dev.sluice.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The OpenAPI 3.1 document: the table of operations, and the schemas of {@code schemas.json}. */
final class OpenApi {
  private static final Pattern PART = Pattern.compile("\\{([a-z]+)}");
  private static final String NAME =
      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
  private static final ObjectMapper JSON = new ObjectMapper();

  private OpenApi() {}

  static JsonNode of(List<Operation> operations, String version) {
    ObjectNode document = object().put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", "Sluice admin API")
        .put("version", version)
        .put("description", "Tenants, teams, keys, limits, balances, usage and the audit trail.");
    document.putArray("servers").addObject().put("url", AdminServer.PREFIX);
    document.putArray("security").addObject().putArray("bearer");
    ObjectNode paths = document.putObject("paths");
    operations.forEach(
        one -> path(paths, one).set(one.method().toLowerCase(Locale.ROOT), operation(one)));
    ObjectNode components = document.putObject("components");
    components
        .putObject("securitySchemes")
        .putObject("bearer")
        .put("type", "http")
        .put("scheme", "bearer");
    components.set("schemas", schemas());
    return document;
  }

  private static ObjectNode path(ObjectNode paths, Operation operation) {
    if (paths.get(operation.path()) instanceof ObjectNode known) {
      return known;
    }
    ObjectNode path = paths.putObject(operation.path());
    ArrayNode parameters = JsonNodeFactory.instance.arrayNode();
    Matcher parts = PART.matcher(operation.path());
    while (parts.find()) {
      parameters
          .addObject()
          .put("name", parts.group(1))
          .put("in", "path")
          .put("required", true)
          .putObject("schema")
          .put("type", "string")
          .put("maxLength", 253)
          .put("pattern", NAME);
    }
    if (!parameters.isEmpty()) {
      path.set("parameters", parameters);
    }
    return path;
  }

  private static ObjectNode operation(Operation one) {
    ObjectNode json = object().put("operationId", one.id()).put("summary", one.summary());
    json.put("x-sluice-access", one.access().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    ArrayNode parameters = JsonNodeFactory.instance.arrayNode();
    one.query().forEach(parameter -> {
      ObjectNode made = parameters
          .addObject()
          .put("name", parameter.name())
          .put("in", "query")
          .put("required", parameter.required())
          .put("description", parameter.description());
      made.putObject("schema")
          .put("type", "string")
          .put("pattern", "^(" + parameter.valid().pattern() + ")$");
    });
    if (one.ifMatch()) {
      header(
          parameters,
          "If-Match",
          "ETag of what is changed, or * for whatever it is.",
          "^(\\*|\"[0-9]{1,18}\")$");
    }
    if (one.idempotent()) {
      header(parameters, "Idempotency-Key", "One for each top-up.", "^[!-~]{1,255}$");
    }
    if (!parameters.isEmpty()) {
      json.set("parameters", parameters);
    }
    if (one.body() != null) {
      json.putObject("requestBody")
          .put("required", true)
          .putObject("content")
          .putObject("application/json")
          .set("schema", reference(one.body()));
    }
    ObjectNode responses = json.putObject("responses");
    responses.set(Integer.toString(one.status()), good(one));
    responses
        .putObject("414")
        .put("description", "The path and the query are too long.")
        .putObject("content")
        .putObject("text/plain")
        .putObject("schema")
        .put("type", "string");
    errors(one).forEach((status, why) -> {
      ObjectNode response = responses.putObject(Integer.toString(status)).put("description", why);
      response
          .putObject("content")
          .putObject("application/problem+json")
          .set("schema", reference("Problem"));
    });
    return json;
  }

  private static void header(
      ArrayNode parameters, String name, String description, String pattern) {
    parameters
        .addObject()
        .put("name", name)
        .put("in", "header")
        .put("required", true)
        .put("description", description)
        .putObject("schema")
        .put("type", "string")
        .put("pattern", pattern);
  }

  private static ObjectNode good(Operation one) {
    ObjectNode response = object().put("description", one.summary());
    if (one.answer().isEmpty()) {
      return response;
    }
    ObjectNode content = response.putObject("content");
    boolean list = one.answer().endsWith("[]");
    ObjectNode schema =
        reference(list ? one.answer().substring(0, one.answer().length() - 2) : one.answer());
    ObjectNode whole = content.putObject("application/json");
    if (list) {
      ObjectNode array = whole.putObject("schema").put("type", "array");
      array.set("items", schema);
    } else {
      whole.set("schema", schema);
    }
    if (one.takes("format")) {
      content.putObject("text/csv").putObject("schema").put("type", "string");
    }
    return response;
  }

  private static Map<Integer, String> errors(Operation one) {
    Map<Integer, String> all = new LinkedHashMap<>();
    all.put(400, "The query, a field or the body can't be read.");
    all.put(401, "No token, or one that is not known.");
    all.put(403, "The caller's role does not allow it.");
    all.put(404, "There is no such thing.");
    if (one.body() != null) {
      all.put(408, "The body did not arrive in time.");
      all.put(413, "The body is too long.");
      all.put(415, "The body is of another type than JSON.");
      all.put(422, "The body can't be taken: which fields, and what was expected.");
    }
    if (!one.method().equals("GET")) {
      all.put(409, "It can't be done as things are.");
    }
    if (one.ifMatch()) {
      all.put(412, "It has been changed since.");
      all.put(428, "If-Match is missing.");
    }
    all.put(503, "The database, or a tenant's quota, can't be reached right now.");
    return all;
  }

  private static ObjectNode reference(String schema) {
    return object().put("$ref", "#/components/schemas/" + schema);
  }

  static JsonNode schemas() {
    try (InputStream file = OpenApi.class.getResourceAsStream("schemas.json")) {
      return JSON.readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
