package dev.sluice.wire;

import static dev.sluice.wire.Wire.readRequest;
import static dev.sluice.wire.Wire.request;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that two parsers could read in two ways is refused. */
class SmugglingTest {
  private static final String GET = "GET / HTTP/1.1\r\n";
  private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";

  private static void refused(String head, int status) {
    assertThat(readRequest(head)).as(head).isInstanceOfSatisfying(Malformed.class, malformed -> {
      assertThat(malformed.status()).isEqualTo(status);
      assertThat(malformed.reason()).isNotEmpty();
    });
  }

  @Test
  void refusesALengthBesidesChunkedFramingInEitherOrder() {
    refused(POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
    refused(POST + "transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n", 400);
  }

  @Test
  void refusesTwoLengthsEvenIfTheyAgree() {
    refused(POST + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400);
    refused(POST + "Content-Length: 5\r\ncontent-length: 5\r\n\r\n", 400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "+5",
        "-5",
        "5,5",
        "5 5",
        "5, 6",
        "0x5",
        "5a",
        "1e3",
        "\u00b2",
        "5;",
        "99999999999999999999",
        "9999999999999999"
      })
  void refusesALengthThatIsNoPlainNumber(String length) {
    refused(POST + "Content-Length: " + length + "\r\n\r\n", 400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "gzip",
        "gzip, chunked",
        "chunked, gzip",
        "chunked, chunked",
        "chunked,",
        ",chunked",
        "xchunked",
        "chunked;q=1",
        "identity",
        "\"chunked\"",
        "chun\tked",
        "chunked\u00a0",
        "\u00e7hunked"
      })
  void refusesEveryTransferCodingButOneChunked(String coding) {
    refused(POST + "Transfer-Encoding: " + coding + "\r\n\r\n", 400);
  }

  @Test
  void refusesTwoTransferEncodings() {
    refused(POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
    refused(POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", 400);
  }

  @Test
  void refusesChunkedFramingInHttp10() {
    refused("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length : 5",
        "Content-Length\t: 5",
        " Content-Length: 5",
        "\tContent-Length: 5",
        "Content Length: 5",
        ": 5",
        "Content-Length",
        "Content-Length\u0000: 5",
        "Content-L\u00e9ngth: 5",
        "Content-Length(: 5",
        "\"Content-Length\": 5",
        "\u000bContent-Length: 5",
        "X: a\u0000b",
        "X: a\u0001b",
        "X: a\u007fb",
        "X: a\rb",
        "X: a\r",
        "X: \r\rb"
      })
  void refusesAFieldLineThatIsNotOneTokenAColonAndPrintableBytes(String line) {
    refused(POST + line + "\r\nY: z\r\n\r\n", 400);
    refused(POST + line + "\r\n\r\n", 400);
    refused(GET + line + "\r\nHost: a\r\n\r\n", 400);
  }

  @Test
  void refusesAFoldedLine() {
    refused(POST + "X: a\r\n b\r\n\r\n", 400);
    refused(POST + "X: a\r\n\tContent-Length: 5\r\n\r\n", 400);
    refused(POST + "X: a\r\n \r\n\r\n", 400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET",
        "GET ",
        "GET /",
        "GET / ",
        "GET  / HTTP/1.1",
        "GET /  HTTP/1.1",
        "GET\t/ HTTP/1.1",
        "GET /\tHTTP/1.1",
        " GET / HTTP/1.1",
        "GET / HTTP/1.1 ",
        "GET / http/1.1",
        "GET / HTTP/1",
        "GET / HTTP/1.10",
        "GET / HTTP/11",
        "GET /a b HTTP/1.1",
        "GET /a\u0000 HTTP/1.1",
        "GET /a\u007f HTTP/1.1",
        "GET /a\rb HTTP/1.1",
        "G\u00c9T / HTTP/1.1",
        "GET: / HTTP/1.1",
        "HTTP/1.1 200 OK",
        "GET a HTTP/1.1",
        "GET * HTTP/1.1",
        "GET /a#b HTTP/1.1",
        "GET ftp://a/ HTTP/1.1",
        "GET http:/a HTTP/1.1",
        "\u0016\u0003\u0001\u0002"
      })
  void refusesARequestLineThatIsNotMethodTargetVersion(String line) {
    refused(line + "\r\nHost: a\r\n\r\n", 400);
    refused(line + "\r\n\r\n", 400);
  }

  @Test
  void namesWhatItDoesNotSpeak() {
    refused("PRI * HTTP/2.0\r\n\r\n", 505);
    refused("GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505);
    refused("GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505);
    refused("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501);
  }

  @Test
  void takesLimitsToTheLastAndNotOneMore() {
    assertThat(readRequest("GET /" + "a".repeat(1023) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
        .isInstanceOf(RequestHead.class);
    refused("GET /" + "a".repeat(1024) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414);
    assertThat(readRequest(POST + "X: y\r\n".repeat(31) + "\r\n")).isInstanceOf(RequestHead.class);
    refused(POST + "X: y\r\n".repeat(32) + "\r\n", 431);
  }

  @Test
  void wantsOneHostInHttp11AndNeverTwo() {
    refused(GET + "\r\n", 400);
    refused(GET + "Host: a\r\nHost: a\r\n\r\n", 400);
    refused("GET / HTTP/1.0\r\nHost: a\r\nHOST: b\r\n\r\n", 400);
    assertThat(request("GET / HTTP/1.0\r\n\r\n").host()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "a/b",
        "a@b",
        "user@a",
        "a,b",
        "a:b",
        "a:80:80",
        "a:123456",
        ":80",
        "[::1",
        "::1",
        "[]",
        "[::1]x",
        "[a.b%25]",
        "a?b",
        "a#b",
        "\u00e9",
        "a\\b",
        "http://a"
      })
  void refusesAHostThatIsNoHost(String host) {
    refused(GET + "Host: " + host + "\r\n\r\n", 400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://b.example/",
        "http://a.example:80/",
        "http://x@a.example/",
        "http://a.example.b/",
        "http://"
      })
  void refusesAUrlOfAnotherHost(String url) {
    refused("GET " + url + " HTTP/1.1\r\nHost: a.example\r\n\r\n", 400);
  }
}
