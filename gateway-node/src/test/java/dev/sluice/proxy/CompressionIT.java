package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.DeclaredConfigMap;
import dev.sluice.ingress.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed answers and connections that end after so many requests, as the controller's ConfigMap says. */
class CompressionIT {
  private static final String TEXT = "the same again and again. ".repeat(100);
  private static final String PLAIN =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n";

  private static RunningEdge edge;
  private ScriptedUpstream upstream;

  @BeforeAll
  static void start() {
    edge = RunningEdge.start(true, Map.of());
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @AfterEach
  void closeUpstream() {
    upstream.close();
  }

  private static void config(String... keysAndValues) {
    Map<String, String> data = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      data.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    edge.declare(
        "config",
        List.of(new DeclaredConfigMap(
            new ObjectKey("ConfigMap", "ingress-nginx", "ingress-nginx-controller"),
            DeclaredAt.API_SERVER,
            data)));
  }

  private void upstream(String answer) {
    serve(ScriptedUpstream.answering(answer));
  }

  private void serve(ScriptedUpstream serving) {
    upstream = serving;
    edge.route("a", Map.of(), upstream);
  }

  private static String whole(String fields) {
    return PLAIN + fields + "Content-Length: " + TEXT.length() + "\r\n\r\n" + TEXT;
  }

  private static RawClient ask(RawClient client, String method, String accepted) {
    return client.send(
        method + " / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: " + accepted + "\r\n\r\n");
  }

  private static byte[] chunk(RawClient client) {
    int size = Integer.parseInt(client.line(), 16);
    byte[] bytes = client.read(size).getBytes(StandardCharsets.ISO_8859_1);
    assertThat(client.line()).isEmpty();
    return bytes;
  }

  private static byte[] body(RawClient client) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] next = chunk(client);
    while (next.length > 0) {
      all.writeBytes(next);
      next = chunk(client);
    }
    return all.toByteArray();
  }

  private static String unzipped(byte[] bytes) throws IOException {
    return new String(
        new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes(),
        StandardCharsets.UTF_8);
  }

  @Test
  void aCompressedAnswerIsTheSameTextUnderAHeadThatIsTrueOfIt() throws IOException {
    upstream(whole("ETag: \"v1\"\r\nAccept-Ranges: bytes\r\n"));
    config("use-gzip", "true");
    try (RawClient client = edge.client()) {
      for (int again = 0; again < 2; again++) {
        assertThat(ask(client, "GET", "br, gzip;q=0.5").head())
            .startsWith("HTTP/1.1 200 OK\r\n")
            .contains("\r\nContent-Encoding: gzip\r\n")
            .contains("\r\nVary: Accept-Encoding\r\n")
            .contains("\r\nETag: W/\"v1\"\r\n")
            .contains("\r\nTransfer-Encoding: chunked\r\n")
            .doesNotContain("Content-Length")
            .doesNotContain("Accept-Ranges");
        byte[] body = body(client);
        assertThat(unzipped(body)).isEqualTo(TEXT);
        assertThat(body.length).isLessThan(TEXT.length() / 4);
      }
    }
  }

  @Test
  void brotliGoesBeforeGzip() throws IOException {
    upstream(whole(""));
    config("use-gzip", "true", "enable-brotli", "true");
    try (RawClient client = edge.client()) {
      assertThat(ask(client, "GET", "gzip, br").head()).contains("\r\nContent-Encoding: br\r\n");
      Brotli4jLoader.ensureAvailability();
      assertThat(new BrotliInputStream(new ByteArrayInputStream(body(client))).readAllBytes())
          .asString(StandardCharsets.UTF_8)
          .isEqualTo(TEXT);
    }
  }

  @Test
  void nothingIsCompressedUnlessItIsAskedFor() {
    upstream(whole(""));
    config();
    try (RawClient client = edge.client()) {
      assertThat(ask(client, "GET", "gzip, br").answer())
          .doesNotContain("Content-Encoding")
          .doesNotContain("Vary")
          .endsWith(TEXT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"identity", "gzip;q=0", "gzip; q=0.000", "gzippy", "*"})
  void whoDoesNotTakeGzipIsToldOnlyThatOthersMightHaveIt(String accepted) {
    upstream(whole(""));
    config("use-gzip", "true");
    try (RawClient client = edge.client()) {
      assertThat(ask(client, "GET", accepted).answer())
          .contains("\r\nVary: Accept-Encoding\r\n")
          .doesNotContain("Content-Encoding")
          .endsWith(TEXT);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200 OK, text/plain, Content-Encoding: br",
    "200 OK, image/png, X-A: b",
    "200 OK, text/plain, Cache-Control: no-transform",
    "206 Partial Content, text/plain, Content-Range: bytes 0-2599/5000",
    "500 Internal Server Error, text/plain, X-A: b"
  })
  void answersThatMustNotOrNeedNotBeCompressedPassAsTheyCome(
      String status, String type, String field) {
    String head = "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\n" + field + "\r\n";
    String answer = head + "Content-Length: " + TEXT.length() + "\r\n\r\n" + TEXT;
    upstream(answer);
    config("use-gzip", "true");
    try (RawClient client = edge.client()) {
      assertThat(ask(client, "GET", "gzip").answer())
          .contains("\r\n" + field + "\r\n")
          .doesNotContain("Content-Encoding: gzip")
          .endsWith(TEXT);
    }
  }

  @Test
  void headIsAnsweredWithTheLengthOfTheUpstream() {
    serve(new ScriptedUpstream(with -> {
      while (!with.head().isEmpty()) {
        with.send(PLAIN + "Content-Length: " + TEXT.length() + "\r\n\r\n");
      }
    }));
    config("use-gzip", "true");
    try (RawClient client = edge.client()) {
      assertThat(ask(client, "HEAD", "gzip").head())
          .contains("\r\nContent-Length: " + TEXT.length() + "\r\n")
          .doesNotContain("Content-Encoding");
    }
  }

  @Test
  void anEventIsReadableBeforeTheNextOneComes() throws IOException {
    CountDownLatch first = new CountDownLatch(1);
    serve(new ScriptedUpstream(with -> {
      with.head();
      with.send(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
      with.send("d\r\ndata: first\n\n\r\n");
      awaitLatch(first);
      with.send("e\r\ndata: second\n\n\r\n0\r\n\r\n");
      with.awaitEnd();
    }));
    config("use-gzip", "true", "gzip-types", "text/event-stream");
    try (RawClient client = edge.client()) {
      ask(client, "GET", "gzip").head();
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      sent.writeBytes(chunk(client));
      GZIPInputStream partial = new GZIPInputStream(new ByteArrayInputStream(sent.toByteArray()));
      assertThat(new String(partial.readNBytes(13), StandardCharsets.UTF_8))
          .isEqualTo("data: first\n\n");
      first.countDown();
      sent.writeBytes(body(client));
      assertThat(unzipped(sent.toByteArray())).isEqualTo("data: first\n\ndata: second\n\n");
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(
              latch.await(RunningEdge.DEADLINE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
          .isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsTheUpstreamBack() {
    byte[] noise = new byte[1 << 20];
    new java.util.Random(7).nextBytes(noise);
    int pieces = 64;
    java.util.concurrent.atomic.AtomicInteger sent =
        new java.util.concurrent.atomic.AtomicInteger();
    serve(new ScriptedUpstream(with -> {
      with.head();
      with.send(PLAIN + "Content-Length: " + (long) pieces * noise.length + "\r\n\r\n");
      for (int i = 0; i < pieces; i++) {
        with.send(noise);
        sent.incrementAndGet();
      }
      with.awaitEnd();
    }));
    config("use-gzip", "true");
    try (RawClient slow = RawClient.openSmall(edge.http());
        RawClient other = edge.client()) {
      ask(slow, "GET", "gzip").head();
      // Answers on the same worker mean that it is neither busy nor waiting for the slow one.
      for (int i = 0; i < 20; i++) {
        assertThat(other.get("unknown", "/").answer()).startsWith("HTTP/1.1 404 ");
      }
      assertThat(sent.get()).isLessThan(pieces);
      long bytes = 0;
      byte[] next = chunk(slow);
      while (next.length > 0) {
        bytes += next.length;
        next = chunk(slow);
      }
      assertThat(bytes).isGreaterThan((long) pieces * noise.length);
    }
  }

  @Test
  void aConnectionEndsWithTheAnswerThatIsItsLast() {
    upstream(whole(""));
    config("keep-alive-requests", "3");
    try (RawClient client = edge.client()) {
      assertThat(client.get("a", "/").answer()).doesNotContain("Connection: close");
      assertThat(client.get("a", "/").answer()).doesNotContain("Connection: close");
      assertThat(client.get("a", "/").rest())
          .contains("\r\nConnection: close\r\n")
          .endsWith(TEXT);
    }
  }

  @Test
  void answersAreCompressedOverHttp2AsWell() throws IOException {
    upstream(whole(""));
    config("use-gzip", "true");
    try (Http2Client client = Http2Client.open(edge)) {
      client.head(1, true, Http2Client.request("GET", "a", "/", "accept-encoding", "gzip"));
      assertThat(unzipped(client.body().getBytes(StandardCharsets.ISO_8859_1))).isEqualTo(TEXT);
    }
  }

  @Test
  void anHttp2ConnectionIsToldItsLastRequestAndStillAnswersIt() {
    upstream(whole(""));
    config("keep-alive-requests", "2");
    try (Http2Client client = Http2Client.open(edge)) {
      assertThat(client.get(1, "a", "/").body()).isEqualTo(TEXT);
      client.get(3, "a", "/");
      assertThat(client.next(dev.sluice.wire.Http2Frames.GOAWAY).code()).isZero();
      assertThat(client.body()).isEqualTo(TEXT);
    }
  }
}
