package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.node.FaultyProvider.Fault;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each way in which a provider goes wrong, with another target behind it and without, streamed and whole, to callers of its own
 * dialect and of another: what the caller sees, and what it pays, once. Each cell has a provider, a route and a tenant of its own.
 */
class FallbackIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String HOST = "127.0.4.5";
  private static final String URL = "http://" + HOST + ":18080";
  private static final int CAP = 100;

  /** Tokens of a good answer. */
  private static final long GOOD = 44;

  /** Tokens of a good answer whose usage is not told, as they are counted here: of the request and of 41 words. */
  private static final long COUNTED = 93;

  @TempDir
  static Path folder;

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, Long> BOUNDS = new HashMap<>();
  private static FaultyProvider provider;
  private static EmbeddedPostgres database;
  private static Node node;

  /**
   * @param name of its own, of four characters, so that requests of a kind are equally long
   * @param translated whether the caller speaks Anthropic's dialect, and not that of the provider
   */
  record Cell(String name, Fault fault, boolean stream, boolean fallback, boolean translated) {
    /** Whether something that the caller can use has come before it goes wrong, or all of it. */
    boolean commits() {
      return fault == Fault.MISSING_USAGE
          || stream && (fault == Fault.CUT_AFTER_1 || fault == Fault.CUT_AFTER_40);
    }

    /** Whether the caller of a whole answer sees its beginning, and the connection close. */
    boolean isBrokenOff() {
      return !stream
          && !fallback
          && !translated
          && switch (fault) {
            case CUT_AFTER_0, CUT_AFTER_1, CUT_AFTER_40, STALL -> true;
            default -> false;
          };
    }

    /** Whether the provider may have counted tokens, and nobody can say how many. */
    boolean isCharged() {
      return switch (fault) {
        case SLOW_FIRST_TOKEN, CUT_AFTER_0, CUT_AFTER_1, CUT_AFTER_40, STALL, MALFORMED_CHUNK ->
          true;
        default -> false;
      };
    }
  }

  static List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      if (fault != Fault.GOOD) {
        for (int bits = 0; bits < 8; bits++) {
          cells.add(cell(String.format("c%03d", cells.size()), fault, bits));
        }
      }
    }
    return cells;
  }

  private static Cell cell(String name, Fault fault, int bits) {
    return new Cell(name, fault, (bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0);
  }

  /** Whose whole hold is charged, of each kind of request: so that its size is known. */
  private static List<Cell> measures() {
    return IntStream.of(0, 1, 4, 5)
        .mapToObj(bits -> cell("m00" + bits, Fault.SLOW_FIRST_TOKEN, bits))
        .toList();
  }

  private static List<Cell> all() {
    return Stream.concat(cells().stream(), measures().stream()).toList();
  }

  @BeforeAll
  static void start() throws Exception {
    provider = new FaultyProvider(HOST);
    database =
        EmbeddedPostgres.builder().setDataDirectory(folder.resolve("data")).start();
    Files.createDirectory(folder.resolve("manifests"));
    Files.writeString(folder.resolve("manifests/all.yaml"), manifests());
    Map<String, Object> settings =
        new HashMap<>(LocalNode.settings(HOST, folder.resolve("manifests"), database));
    settings.put("sluice.model.health.failures", 1000);
    node = Node.start(NodeSettings.load(settings, Optional.empty()))
        .toCompletableFuture()
        .get();
    await().atMost(PATIENCE.multipliedBy(2)).until(node::inCluster);
    for (Cell one : measures()) {
      await().atMost(PATIENCE).until(() -> ask(one).statusCode() == 504);
      await().atMost(PATIENCE).until(() -> settled(one, "requests-balance") == 1);
      BOUNDS.put(kind(one), settled(one, "tokens-balance"));
    }
  }

  private static String kind(Cell cell) {
    return cell.stream() + " " + cell.translated();
  }

  private static String manifests() throws IOException {
    int nobody;
    try (ServerSocket closed = new ServerSocket(0)) {
      nobody = closed.getLocalPort();
    }
    StringBuilder yaml = new StringBuilder();
    StringBuilder keys = new StringBuilder();
    yaml.append(providerNamed("good", provider.url() + Fault.GOOD.path() + "/v1"));
    for (Cell cell : all()) {
      String url = cell.fault() == Fault.REFUSED
          ? "http://" + HOST + ":" + nobody
          : provider.url() + cell.fault().path() + "/" + cell.name();
      yaml.append(providerNamed(cell.name(), url + "/v1")).append("""
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: ModelRoute
          metadata: {name: %1$s}
          spec:
            models: [%1$s]
            targets: [{provider: %1$s, model: m}%2$s]
            maxOutputTokens: %3$d
            fallback: {firstToken: 500ms}
          ---
          apiVersion: sluice.dev/v1alpha1
          kind: Tenant
          metadata: {name: %1$s}
          spec:
            keys: [{name: one, secretRef: {name: keys, key: %1$s}}]
            limits:
              - {unit: tokens, amount: 1000000, window: none}
              - {unit: requests, amount: 1000, window: none}
              - {unit: in-flight-requests, amount: 1, window: none}
          """.formatted(
              cell.name(), cell.fallback() ? ", {provider: good, model: m}" : "", CAP));
      keys.append("  ").append(cell.name()).append(": sk-").append(cell.name()).append('\n');
    }
    return yaml + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData:\n" + keys;
  }

  private static String providerNamed(String name, String url) {
    return """
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: ModelProvider
        metadata: {name: %s}
        spec: {kind: openai-compatible, baseUrl: '%s', timeouts: {silence: 1s}}
        """.formatted(name, url);
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop().toCompletableFuture().get();
    database.close();
    provider.close();
  }

  private static HttpResponse<String> ask(Cell cell) throws IOException, InterruptedException {
    String body = "{\"model\":\"" + cell.name() + "\",\"max_tokens\":" + CAP + ",\"stream\":"
        + cell.stream() + ",\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}";
    return CLIENT.send(
        HttpRequest.newBuilder(
                URI.create(URL + (cell.translated() ? "/v1/messages" : "/v1/chat/completions")))
            .header("Authorization", "Bearer sk-" + cell.name())
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static long settled(Cell cell, String bucket) throws IOException, InterruptedException {
    return LocalNode.settled(HOST, cell.name(), bucket);
  }

  @ParameterizedTest
  @MethodSource("cells")
  void isSeenAndPaidAsPromised(Cell cell) throws Exception {
    if (cell.isBrokenOff()) {
      assertThatThrownBy(() -> ask(cell)).isInstanceOf(IOException.class);
    } else {
      assertSeen(cell, ask(cell));
    }
    long bound = BOUNDS.get(kind(cell));
    long expected = (cell.isCharged() ? bound : 0)
        + (cell.fallback() && !cell.commits() ? GOOD : 0)
        + (cell.fault() == Fault.MISSING_USAGE ? COUNTED : 0);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(settled(cell, "tokens-balance"))
            .as("tokens, with a bound of %s", bound)
            .isEqualTo(expected));
    assertThat(settled(cell, "requests-balance"))
        .as("a call counts once, however often it was tried, and not at all if nothing came of it")
        .isEqualTo(expected > 0 || isPassed(cell) ? 1 : 0);
    try {
      assertThat(ask(cell).body())
          .as("one may run at a time, and no hold is left over")
          .doesNotContain("in-flight-requests");
    } catch (IOException e) {
      assertThat(cell.isBrokenOff()).isTrue();
    }
  }

  private static void assertSeen(Cell cell, HttpResponse<String> answer) throws IOException {
    String target = answer.headers().firstValue("x-sluice-target").orElse("");
    if (cell.commits()) {
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(target).isEqualTo("default/" + cell.name() + "/m");
      assertThat(answer.body()).contains("word0");
      assertEnds(cell, answer, cell.fault() == Fault.MISSING_USAGE);
    } else if (cell.fallback()) {
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(target).isEqualTo("default/good/m");
      assertThat(answer.headers().firstValue("x-sluice-tried").orElse(""))
          .startsWith("default/" + cell.name() + "/m=");
      assertThat(answer.body()).contains("word40").doesNotContain("rror");
      assertEnds(cell, answer, true);
    } else {
      assertFails(cell, answer);
    }
  }

  /** An error that goes to the caller in the provider's own bytes counts as a request. */
  private static boolean isPassed(Cell cell) {
    boolean answered = cell.fault() == Fault.LIMITED
        || cell.fault() == Fault.BROKEN_500
        || cell.fault() == Fault.OVERLOADED_529;
    return answered && !cell.translated();
  }

  private static void assertEnds(Cell cell, HttpResponse<String> answer, boolean whole)
      throws IOException {
    if (!cell.stream()) {
      assertThat(JSON.readTree(answer.body()).isObject()).isTrue();
      return;
    }
    String mark = cell.translated() ? "message_stop" : "[DONE]";
    if (whole) {
      assertThat(answer.body()).contains(mark).doesNotContain("\"error\"");
    } else {
      assertThat(answer.body()).doesNotContain(mark).contains("error");
    }
  }

  private static void assertFails(Cell cell, HttpResponse<String> answer) throws IOException {
    switch (cell.fault()) {
      case REFUSED, RESET_BEFORE_HEADERS -> assertThat(answer.statusCode()).isEqualTo(502);
      case LIMITED -> {
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("retry-after")).contains("7");
      }
      case BROKEN_500 -> assertThat(answer.statusCode()).isBetween(500, 502);
      case OVERLOADED_529 -> assertThat(answer.statusCode()).isEqualTo(529);
      case SLOW_FIRST_TOKEN -> assertThat(answer.statusCode()).isEqualTo(504);
      default -> {
        if (cell.stream()) {
          assertThat(answer.statusCode()).isEqualTo(200);
          assertEnds(cell, answer, false);
        } else if (cell.fault() == Fault.MALFORMED_CHUNK && !cell.translated()) {
          assertThat(answer.statusCode()).as("bytes pass as they came").isEqualTo(200);
        } else {
          assertThat(answer.statusCode()).isEqualTo(502);
        }
      }
    }
  }
}
