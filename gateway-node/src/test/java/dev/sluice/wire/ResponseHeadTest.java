package dev.sluice.wire;

import static dev.sluice.wire.Wire.readResponse;
import static dev.sluice.wire.Wire.response;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where an answer ends is known for certain, or the answer is refused. */
class ResponseHeadTest {
  private static void refused(String head) {
    assertThat(readResponse("GET", head)).as(head).isInstanceOf(Malformed.class);
  }

  @ParameterizedTest
  @CsvSource({
    "HEAD, 200, 0",
    "HEAD, 404, 0",
    "GET, 204, 0",
    "GET, 304, 0",
    "POST, 304, 0",
    "GET, 100, 0",
    "GET, 103, 0",
    "GET, 101, 0",
    "GET, 200, 5",
    "GET, 205, 5",
    "POST, 500, 5"
  })
  void hasTheBodyThatMethodAndStatusAllow(String method, int status, long bytes) {
    ResponseHead head =
        response(method, "HTTP/1.1 " + status + " Some Reason\r\nContent-Length: 5\r\n\r\n");
    assertThat(head.bodyLength()).isEqualTo(bytes);
    assertThat(head.fields().first(Field.CONTENT_LENGTH)).isEqualTo("5");
    assertThat(head.reason()).isEqualTo("Some Reason");
    assertThat(head.keepAlive()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"HEAD, 200", "GET, 204", "GET, 304"})
  void aBodilessAnswerWithoutLengthDoesNotWaitForTheConnectionsEnd(String method, int status) {
    for (String framing : new String[] {"", "Transfer-Encoding: chunked\r\n"}) {
      ResponseHead head = response(method, "HTTP/1.1 " + status + " \r\n" + framing + "\r\n");
      assertThat(head.bodyLength()).isZero();
      assertThat(head.keepAlive()).isTrue();
    }
  }

  @Test
  void onlyInterimAnswersAreFollowedByAnother() {
    assertThat(response("GET", "HTTP/1.1 100 Continue\r\n\r\n").interim()).isTrue();
    assertThat(response("GET", "HTTP/1.1 103 Early Hints\r\n\r\n").interim()).isTrue();
    assertThat(response("GET", "HTTP/1.1 101 Switching\r\n\r\n").interim()).isFalse();
    assertThat(response("GET", "HTTP/1.1 200 OK\r\n\r\n").interim()).isFalse();
  }

  @Test
  void withoutLengthTheBodyEndsWithTheConnectionWhichThenServesNoOther() {
    ResponseHead head = response("GET", "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n");
    assertThat(head.bodyLength()).isEqualTo(BodyLength.UNTIL_CLOSE);
    assertThat(head.keepAlive()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.1 | X: y | true",
        "1.1 | Connection: Close | false",
        "1.0 | X: y | false",
        "1.0 | Connection: keep-alive | true",
        "1.0 | Connection: close, keep-alive | false"
      })
  void usesTheConnectionAgainAsTheUpstreamMeansIt(String version, String field, boolean again) {
    assertThat(response(
                "GET", "HTTP/" + version + " 200 OK\r\nContent-Length: 0\r\n" + field + "\r\n\r\n")
            .keepAlive())
        .isEqualTo(again);
  }

  @Test
  void refusesWhatCouldEndInTwoPlaces() {
    String ok = "HTTP/1.1 200 OK\r\n";
    refused(ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n");
    refused(ok + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n");
    refused(ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n");
    refused(ok + "Content-Length: 5, 5\r\n\r\n");
    refused(ok + "Content-Length: -1\r\n\r\n");
    refused(ok + "Content-Length:\r\n\r\n");
    refused(ok + "Transfer-Encoding: xchunked\r\n\r\n");
    refused(ok + "Transfer-Encoding: gzip, chunked\r\n\r\n");
    refused(ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n");
    refused(ok + "Content-Length : 5\r\n\r\n");
    refused(ok + "X: a\r\n b\r\n\r\n");
    refused(ok + "X: a\u0000b\r\n\r\n");
  }

  @Test
  void takesOneLengthSaidTwice() {
    assertThat(response("GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n")
            .bodyLength())
        .isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/2.0 200 OK",
        "HTTP/1.2 200 OK",
        "http/1.1 200 OK",
        "HTTP/1.1  200 OK",
        "HTTP/1.1 20 OK",
        "HTTP/1.1 2000 OK",
        "HTTP/1.1 099 OK",
        "HTTP/1.1 2x0 OK",
        "HTTP/1.1 -20 OK",
        "HTTP/1.1 200\tOK",
        "HTTP/1.1 200 O\u0000K",
        "HTTP/1.1 200 O\rK",
        "HTTP/1.1",
        "ICY 200 OK",
        "GET / HTTP/1.1"
      })
  void refusesAStatusLineThatIsNone(String line) {
    refused(line + "\r\nContent-Length: 0\r\n\r\n");
    refused(line + "\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200|200|''",
        "'HTTP/1.1 200 '|200|''",
        "HTTP/1.1 999 Gr\u00fc\u00df|999|Gr\u00fc\u00df"
      })
  void takesAnyStatusAndAnyReason(String line, int status, String reason) {
    ResponseHead head = response("GET", line + "\r\nContent-Length: 0\r\n\r\n");
    assertThat(head.status()).isEqualTo(status);
    assertThat(head.reason()).isEqualTo(reason);
  }

  @Test
  void keepsFieldsThatNobodyUnderstands() {
    String cookies = "Set-Cookie: a=1; Path=/\r\nset-cookie: a=2\r\n";
    String odd = "Content-Type: not/a/type/\r\nX_y~: \u00e9\u00ff\r\n";
    ResponseHead head = response("GET", "HTTP/1.1 200 OK\r\n" + cookies + odd + "\r\n");
    assertThat(head.fields().value(0)).isEqualTo("a=1; Path=/");
    assertThat(head.fields().value(1)).isEqualTo("a=2");
    assertThat(head.fields().first(Field.CONTENT_TYPE)).isEqualTo("not/a/type/");
    assertThat(head.fields().first("x_Y~")).isEqualTo("\u00e9\u00ff");
  }
}
