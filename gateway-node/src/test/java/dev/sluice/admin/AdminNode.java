package dev.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.sluice.node.LocalNode;
import dev.sluice.node.Node;
import dev.sluice.node.NodeSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node and its database, asked over its admin port; every answer is checked against the document that it serves. */
@SuppressWarnings("try") // closing may be interrupted, as everything here may
final class AdminNode implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final String host;
  private final EmbeddedPostgres database;
  private final Node node;
  private JsonNode document;

  private AdminNode(String host, EmbeddedPostgres database, Node node) {
    this.host = host;
    this.database = database;
    this.node = node;
  }

  /** @param host loopback address of its own */
  static AdminNode start(String host, Path folder, String manifests, Map<String, ?> settings)
      throws Exception {
    EmbeddedPostgres database =
        EmbeddedPostgres.builder().setDataDirectory(folder.resolve("data")).start();
    Files.createDirectories(folder.resolve("manifests"));
    Files.writeString(folder.resolve("manifests/all.yaml"), manifests);
    Map<String, Object> all =
        new HashMap<>(LocalNode.settings(host, folder.resolve("manifests"), database));
    all.putAll(settings);
    Node node = Node.start(NodeSettings.load(all, Optional.empty()))
        .toCompletableFuture()
        .get();
    await().atMost(PATIENCE).until(node::inCluster);
    return new AdminNode(host, database, node);
  }

  EmbeddedPostgres database() {
    return database;
  }

  /** The document as it is served. */
  JsonNode document(String token) throws IOException, InterruptedException {
    return JSON.readTree(send("GET", "/openapi.json", token, "", Map.of()).body());
  }

  HttpResponse<String> get(String path, String token) throws IOException, InterruptedException {
    return ask("GET", path, token, "", Map.of());
  }

  HttpResponse<String> post(String path, String token, String body)
      throws IOException, InterruptedException {
    return ask("POST", path, token, body, Map.of());
  }

  /** Asks, and holds the answer to the document. */
  HttpResponse<String> ask(
      String method, String path, String token, String body, Map<String, String> fields)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = send(method, path, token, body, fields);
    if (document == null) {
      document = document(token.isEmpty() ? "root" : token);
    }
    assertThat(nonconforming(method, path, answer)).as(method + " " + path).isEmpty();
    return answer;
  }

  HttpResponse<String> send(
      String method, String path, String token, String body, Map<String, String> fields)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(
            URI.create("http://" + host + ":18081/api/v1" + path))
        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    fields.forEach(request::header);
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  /** What the document does not say of an answer. */
  private List<String> nonconforming(String method, String path, HttpResponse<String> answer)
      throws IOException {
    JsonNode responses = responses(method, path.replaceAll("\\?.*", ""));
    if (responses == null) {
      return answer.statusCode() == 404 || answer.statusCode() == 405 || answer.statusCode() == 401
          ? List.of()
          : List.of("no such operation");
    }
    JsonNode response = responses.get(Integer.toString(answer.statusCode()));
    if (response == null) {
      return List.of("status " + answer.statusCode() + ": " + answer.body());
    }
    String type = answer.headers().firstValue("content-type").orElse("").replaceAll(";.*", "");
    JsonNode content = response.get("content");
    if (content == null) {
      return answer.body().isEmpty() ? List.of() : List.of("a body");
    }
    if (!content.has(type)) {
      return List.of("content " + type);
    }
    if (type.equals("text/csv")) {
      return List.of();
    }
    ObjectNode schema = content.get(type).get("schema").deepCopy();
    schema.set("components", document.get("components"));
    Schema checked = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema.toString());
    return checked.validate(answer.body(), com.networknt.schema.InputFormat.JSON).stream()
        .map(Object::toString)
        .toList();
  }

  private JsonNode responses(String method, String path) {
    String[] sent = path.split("/", -1);
    for (Map.Entry<String, JsonNode> one : document.get("paths").properties()) {
      String[] parts = one.getKey().split("/", -1);
      boolean fits = parts.length == sent.length;
      for (int i = 0; fits && i < parts.length; i++) {
        fits = parts[i].startsWith("{") || parts[i].equals(sent[i]);
      }
      JsonNode operation = one.getValue().get(method.toLowerCase(java.util.Locale.ROOT));
      if (fits && operation != null) {
        return operation.get("responses");
      }
    }
    return null;
  }

  /** Status of a model call with this key. */
  int call(String key) throws IOException, InterruptedException {
    return callAnswer(key).statusCode();
  }

  HttpResponse<String> callAnswer(String key) throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create("http://" + host + ":18080/v1/chat/completions"))
            .header("Authorization", "Bearer " + key)
            .POST(
                BodyPublishers.ofString(
                    "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}"))
            .build(),
        BodyHandlers.ofString());
  }

  HttpResponse<String> traffic(String path, String key) throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create("http://" + host + ":18080" + path))
            .header("Authorization", "Bearer " + key)
            .build(),
        BodyHandlers.ofString());
  }

  @Override
  public void close() throws Exception {
    node.stop().toCompletableFuture().get();
    database.close();
  }
}
