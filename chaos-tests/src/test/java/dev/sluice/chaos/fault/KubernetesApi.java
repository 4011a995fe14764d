package dev.sluice.chaos.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What scenarios ask of an API server, as kubectl would. */
public final class KubernetesApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int AT_ONCE = 32;
  private static final Set<String> OF_THE_CLUSTER = Set.of(
      "Namespace",
      "IngressClass",
      "ClusterRole",
      "ClusterRoleBinding",
      "CustomResourceDefinition",
      "ValidatingWebhookConfiguration");

  private final String url;
  private final String token;
  private final HttpClient client;

  KubernetesApi(String url, Path authority, String token) throws Exception {
    this.url = url;
    this.token = token;
    this.client = HttpClient.newBuilder()
        .sslContext(trusting(authority))
        .connectTimeout(Duration.ofSeconds(5))
        .build();
  }

  private static SSLContext trusting(Path authority) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(authority)) {
      trusted.setCertificateEntry(
          "rig", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  boolean isReady() throws InterruptedException {
    try {
      return send(request("/readyz")).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Server-side apply of every object of a YAML text, in its order. */
  public void apply(String yaml) throws IOException, InterruptedException {
    for (JsonNode object : objects(yaml)) {
      String path = pathOf(object) + "?fieldManager=scenario&force=true";
      answered(send(request(path)
          .header("Content-Type", "application/apply-patch+yaml")
          .method("PATCH", HttpRequest.BodyPublishers.ofString(object.toString()))));
    }
  }

  /** The same for one object; what a client would print: warnings, or why it was refused. */
  public Told applyAndTell(String yaml) throws IOException, InterruptedException {
    JsonNode object = objects(yaml).get(0);
    HttpResponse<String> answer = send(request(pathOf(object) + "?fieldManager=scenario&force=true")
        .header("Content-Type", "application/apply-patch+yaml")
        .method("PATCH", HttpRequest.BodyPublishers.ofString(object.toString())));
    return new Told(
        answer.statusCode() < 300,
        answer.headers().allValues("Warning"),
        JSON.readTree(answer.body()).path("message").asText());
  }

  /** @param message why it was refused */
  public record Told(boolean stored, List<String> warnings, String message) {}

  /** The same for the status of one object, as its controller would write it. */
  public void applyStatus(String yaml) throws IOException, InterruptedException {
    JsonNode object = objects(yaml).get(0);
    String path = pathOf(object) + "/status?fieldManager=controller&force=true";
    answered(send(request(path)
        .header("Content-Type", "application/apply-patch+yaml")
        .method("PATCH", HttpRequest.BodyPublishers.ofString(object.toString()))));
  }

  /** Applies many objects, some at once, in no order. */
  public void applyAll(List<String> objects) throws IOException, InterruptedException {
    Semaphore free = new Semaphore(AT_ONCE);
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (String yaml : objects) {
      for (JsonNode object : objects(yaml)) {
        free.acquire();
        HttpRequest.Builder request = request(pathOf(object) + "?fieldManager=scenario&force=true")
            .header("Content-Type", "application/apply-patch+yaml")
            .method("PATCH", HttpRequest.BodyPublishers.ofString(object.toString()));
        sent.add(client
            .sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
            .whenComplete((answer, failure) -> free.release())
            .thenAccept(KubernetesApi::answered));
      }
    }
    CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();
  }

  /** Every manifest of a folder of this project, or one file. */
  public void applyFile(Path file) throws IOException, InterruptedException {
    if (Files.isDirectory(file)) {
      try (var files = Files.list(file)) {
        for (Path one : files.filter(name -> name.toString().endsWith(".yaml")).toList()) {
          apply(Files.readString(one));
        }
      }
    } else {
      apply(Files.readString(file));
    }
  }

  /** @param path such as {@code /api/v1/namespaces/default/services/shop} */
  public JsonNode get(String path) throws IOException, InterruptedException {
    return answered(send(request(path)));
  }

  public void delete(String path) throws IOException, InterruptedException {
    answered(send(request(path).DELETE()));
  }

  /** Asks for the end of a Pod, as somebody who drains its node does; told whether that was granted, and why not. */
  public Told evict(String namespace, String pod) throws IOException, InterruptedException {
    String eviction = JSON.writeValueAsString(
        Map.of("apiVersion", "policy/v1", "kind", "Eviction", "metadata", Map.of("name", pod)));
    HttpResponse<String> answer =
        send(request("/api/v1/namespaces/" + namespace + "/pods/" + pod + "/eviction")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(eviction)));
    return new Told(
        answer.statusCode() < 300,
        answer.headers().allValues("Warning"),
        JSON.readTree(answer.body()).path("message").asText());
  }

  /** A token of a ServiceAccount, good for an hour. */
  public String tokenOf(String namespace, String account) throws IOException, InterruptedException {
    String path = "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + account + "/token";
    return answered(send(request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"spec\":{\"expirationSeconds\":3600}}"))))
        .at("/status/token")
        .asText();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(DEADLINE)
        .header("Authorization", "Bearer " + token);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode answered(HttpResponse<String> answer) {
    if (answer.statusCode() >= 300) {
      throw new AssertionError(answer.request().method() + " " + answer.uri() + ": "
          + answer.statusCode() + " " + answer.body());
    }
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + answer.body(), e);
    }
  }

  private static List<JsonNode> objects(String yaml) {
    List<JsonNode> objects = new ArrayList<>();
    for (Object one : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      if (one != null) {
        objects.add(JSON.valueToTree(one));
      }
    }
    return objects;
  }

  private static String pathOf(JsonNode object) {
    String version = object.path("apiVersion").asText();
    String kind = object.path("kind").asText();
    String name = object.at("/metadata/name").asText();
    String namespace = object.at("/metadata/namespace").asText("default");
    return (version.contains("/") ? "/apis/" : "/api/")
        + version
        + (OF_THE_CLUSTER.contains(kind) ? "" : "/namespaces/" + namespace)
        + "/"
        + plural(kind.toLowerCase(Locale.ROOT))
        + "/"
        + name;
  }

  private static String plural(String kind) {
    return kind.endsWith("s") ? kind + "es" : kind + "s";
  }
}
