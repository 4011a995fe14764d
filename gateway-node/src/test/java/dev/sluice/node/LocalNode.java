package dev.sluice.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** A whole node in the test's own process, on ports of its own. */
public final class LocalNode {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ADMIN_PORT = 18081;
  private static final int METRICS_PORT = 19095;

  private LocalNode() {}

  /** How a tenant's bucket stands, by the admin API; a missing node if it has no such bucket. */
  static JsonNode balance(String host, String tenant, String bucket)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(
            "http://" + host + ":" + ADMIN_PORT + "/api/v1/tenants/" + tenant + "/balances"))
        .build();
    for (JsonNode one :
        JSON.readTree(CLIENT.send(request, BodyHandlers.ofString()).body())) {
      if (one.path("name").asText().equals(bucket)) {
        return one;
      }
    }
    return MissingNode.getInstance();
  }

  /** Lines of the page for Prometheus, which is renewed now and then. */
  public static Stream<String> metrics(String host) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://" + host + ":" + METRICS_PORT + "/metrics"))
        .build();
    return CLIENT.send(request, BodyHandlers.ofLines()).body();
  }

  /** What is settled there; -1 if there is no such bucket. */
  static long settled(String host, String tenant, String bucket)
      throws IOException, InterruptedException {
    return balance(host, tenant, bucket).path("settled").asLong(-1);
  }

  /** @param host loopback address that all of it listens on */
  public static Map<String, Object> settings(
      String host, Path manifests, EmbeddedPostgres database) {
    return Map.ofEntries(
        Map.entry("sluice.node.manifests", manifests.toString()),
        Map.entry(
            "sluice.node.database",
            "postgresql://postgres:postgres@127.0.0.1:" + database.getPort() + "/postgres"),
        Map.entry("sluice.edge.host", host),
        Map.entry("sluice.edge.port", 18080),
        Map.entry("sluice.edge.tls-port", 18443),
        Map.entry("sluice.admin.host", host),
        Map.entry("sluice.admin.port", ADMIN_PORT),
        Map.entry("sluice.health.host", host),
        Map.entry("sluice.health.port", 18558),
        Map.entry("sluice.metrics.host", host),
        Map.entry("sluice.metrics.port", METRICS_PORT),
        Map.entry("sluice.cluster.host", host),
        Map.entry("sluice.cluster.port", 25520));
  }
}
