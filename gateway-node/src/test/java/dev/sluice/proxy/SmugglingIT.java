package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A second request hidden in the first: whatever the shape, it is refused with words, the connection closes, and no upstream ever
 * sees what was hidden. Behind each shape stands a whole request for /smuggled. SmugglingTest has the grammar in full.
 */
class SmugglingIT {
  private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";
  private static final String HIDDEN = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

  enum Shape {
    CL_TE(POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    TE_CL(POST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
    TE_TE(POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
    TE_TWICE_CHUNKED(POST + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    TE_UNKNOWN(POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    TE_NOT_LAST(POST + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
    TE_BLANK_BEFORE_COLON(POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
    TE_VERTICAL_TAB(POST + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n"),
    TE_FOLDED(POST + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
    TE_IN_HTTP_10("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    CL_CL(POST + "Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello"),
    CL_TWICE_THE_SAME(POST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
    CL_LIST(POST + "Content-Length: 5, 5\r\n\r\nhello"),
    CL_SIGNED(POST + "Content-Length: +5\r\n\r\nhello"),
    CL_NEGATIVE(POST + "Content-Length: -5\r\n\r\n"),
    CL_HEXADECIMAL(POST + "Content-Length: 0x5\r\n\r\nhello"),
    CL_TOO_LARGE(POST + "Content-Length: 18446744073709551621\r\n\r\nhello"),
    CL_EMPTY(POST + "Content-Length: \r\n\r\n"),
    BARE_LINE_FEED("GET / HTTP/1.1\nHost: a\n\n"),
    BARE_CARRIAGE_RETURN("GET / HTTP/1.1\r\nHost: a\r\nX: y\rContent-Length: 99\r\n\r\n"),
    FOLDED_LINE("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n Content-Length: 99\r\n\r\n"),
    HOST_TWICE("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    HOST_OTHER_THAN_URL("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    HOST_MISSING("GET / HTTP/1.1\r\nX: y\r\n\r\n"),
    BLANK_IN_NAME("GET / HTTP/1.1\r\nHost: a\r\nContent Length: 99\r\n\r\n"),
    NUL_IN_VALUE("GET / HTTP/1.1\r\nHost: a\r\nX: y\0z\r\n\r\n"),
    LINE_WITHOUT_COLON("GET / HTTP/1.1\r\nHost: a\r\nContent-Length\r\n\r\n"),
    BLANK_IN_TARGET("GET / x HTTP/1.1\r\nHost: a\r\n\r\n"),
    VERSION_UNKNOWN("GET / HTTP/1.9\r\nHost: a\r\n\r\n"),
    CHUNK_SIZE_SIGNED(POST + "Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n"),
    CHUNK_SIZE_PREFIXED(POST + "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n"),
    CHUNK_SIZE_TOO_LARGE(POST + "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n"),
    CHUNK_SIZE_BARE_LINE_FEED(POST + "Transfer-Encoding: chunked\r\n\r\n0\n\r\n"),
    CHUNK_EXTENSION_BARE_LINE_FEED(POST + "Transfer-Encoding: chunked\r\n\r\n0;x\ny\r\n\r\n"),
    CHUNK_LONGER_THAN_ITS_SIZE(POST + "Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n"),
    TRAILER_WITHOUT_COLON(POST + "Transfer-Encoding: chunked\r\n\r\n0\r\nHost\r\n\r\n");

    private final String bytes;

    Shape(String bytes) {
      this.bytes = bytes;
    }
  }

  private static RunningEdge edge;
  private static ScriptedUpstream upstream;

  @BeforeAll
  static void start() {
    edge = RunningEdge.start(true, Map.of());
    upstream = new ScriptedUpstream(with -> {
      while (with.request().endsWith("\r\n\r\n")) {
        with.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      }
    });
    edge.route("a", Map.of(), upstream);
  }

  @AfterAll
  static void stop() {
    edge.close();
    upstream.close();
  }

  @ParameterizedTest
  @EnumSource
  void isRefusedInWordsAndWhatWasHiddenReachesNobody(Shape shape) {
    Queue<String> over = edge.over();
    over.clear();
    try (RawClient client = edge.client()) {
      client.send(shape.bytes + HIDDEN);
      assertThat(client.rest())
          .matches("(?s)HTTP/1.1 (400|505) .*")
          .contains("\r\nConnection: close\r\n")
          .doesNotContain("200 OK");
    }
    await().atMost(RunningEdge.DEADLINE).until(() -> !over.isEmpty());
    try (RawClient next = edge.client()) {
      assertThat(next.get("a", "/next").answer()).endsWith("ok");
    }
    assertThat(upstream.heads()).noneMatch(head -> head.contains("/smuggled"));
  }

  /** CL.0: a body that an upstream does not read must not become its next request. */
  @Test
  void aBodyThatItsUpstreamLeavesUnreadNeverBecomesARequestOfSomebodyElse() {
    ScriptedUpstream careless = new ScriptedUpstream(with -> {
      while (!with.head().isEmpty()) {
        with.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      }
    });
    try (careless;
        RawClient one = edge.client();
        RawClient two = edge.client()) {
      edge.route("careless", Map.of(), careless);
      one.send("POST / HTTP/1.1\r\nHost: careless\r\nContent-Length: " + (HIDDEN.length() + 1)
          + "\r\n\r\n" + HIDDEN);
      assertThat(one.answer()).endsWith("ok");
      two.get("careless", "/next");
      assertThat(two.answer()).endsWith("ok");
      await()
          .atMost(RunningEdge.DEADLINE)
          .until(() -> careless.heads().stream().anyMatch(head -> head.startsWith("GET /next ")));
      assertThat(careless.connections()).isEqualTo(2);
    }
  }
}
