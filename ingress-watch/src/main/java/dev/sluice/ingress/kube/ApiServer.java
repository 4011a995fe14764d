package dev.sluice.ingress.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * An API server, spoken to in plain JSON. Addresses, certificates and tokens, and that these are renewed, are the
 * Kubernetes client's; its objects are not used, and neither are its own retries.
 */
public final class ApiServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final KubernetesClient client;
  private final String url;
  private final KubernetesSettings settings;

  private ApiServer(KubernetesClient client, KubernetesSettings settings) {
    this.client = client;
    this.url = client.getMasterUrl().toString().replaceAll("/+$", "");
    this.settings = settings;
  }

  /**
   * Connects to nothing yet.
   *
   * @throws IllegalArgumentException if the kubeconfig can't be read
   */
  public static ApiServer of(KubernetesSettings settings) {
    Config config = config(settings.kubeconfig());
    config.setConnectionTimeout(CONNECT_TIMEOUT_MILLIS);
    config.setRequestRetryBackoffLimit(0);
    // A connection for each watch: one that is dead is closed with its watch.
    config.setHttp2Disable(true);
    return new ApiServer(new KubernetesClientBuilder().withConfig(config).build(), settings);
  }

  private static Config config(String kubeconfig) {
    if (kubeconfig.isEmpty()) {
      return Config.autoConfigure(null);
    }
    File file = new File(kubeconfig);
    if (!file.canRead()) {
      throw new IllegalArgumentException("sluice.ingress.kubernetes.kubeconfig: " + kubeconfig
          + " can't be read (expected: a kubeconfig, or nothing inside a Pod)");
    }
    return Config.fromKubeconfig(file);
  }

  /** Those that are looked at; an empty one stands for all. */
  List<String> namespaces() {
    return settings.namespaces().isEmpty() ? List.of("") : settings.namespaces();
  }

  String url() {
    return url;
  }

  private HttpRequest.Builder request(String path) {
    return client
        .getHttpClient()
        .newHttpRequestBuilder()
        .uri(url + path)
        .timeout(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Reads an answer as it comes in.
   *
   * @param executor on which {@code reader} may block
   */
  <T> CompletionStage<T> read(String path, Executor executor, Function<InputStream, T> reader) {
    CompletableFuture<HttpResponse<InputStream>> answer =
        client.getHttpClient().sendAsync(request(path).build(), InputStream.class);
    CompletableFuture<T> read = answer.thenApplyAsync(
        response -> {
          try (InputStream body = response.body()) {
            if (!response.isSuccessful()) {
              throw failure(response.code(), body.readNBytes(1 << 16));
            }
            return reader.apply(body);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        executor);
    return read.orTimeout(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((done, failure) -> {
          if (failure != null) {
            answer.thenAccept(response -> closeQuietly(response.body()));
          }
        });
  }

  private static void closeQuietly(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // what is left of an answer that nobody reads any more
    }
  }

  /** Sends an object, or a patch of one. Fails with an {@link ApiFailure} where the answer is no success. */
  CompletionStage<JsonNode> send(String method, String path, String contentType, String body) {
    return answer(request(path).method(method, contentType, body).build());
  }

  private CompletionStage<JsonNode> answer(HttpRequest request) {
    return client.getHttpClient().sendAsync(request, byte[].class).thenApply(response -> {
      if (!response.isSuccessful()) {
        throw failure(response.code(), response.body());
      }
      return tree(response.body());
    });
  }

  /** Fails with an {@link ApiFailure} where the answer is no success. */
  CompletionStage<JsonNode> get(String path) {
    return answer(request(path).build());
  }

  /** Opens an answer without end; its bytes come as {@code consumer} asks for them. */
  CompletableFuture<HttpResponse<AsyncBody>> open(
      String path, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    HttpClient http = client.getHttpClient();
    return http.consumeBytes(request(path).forStreaming().build(), consumer);
  }

  static ApiFailure failure(int status, byte[] body) {
    String message = "";
    try {
      message = JSON.readTree(body).path("message").asText("");
    } catch (IOException e) {
      // no Kubernetes status: the number has to do
    }
    return new ApiFailure(status, message.isEmpty() ? "status " + status : message);
  }

  static JsonNode tree(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException("the API server's answer is no JSON", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
