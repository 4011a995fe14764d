package dev.sluice.wire;

import static dev.sluice.wire.Wire.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may pass is read once and kept byte for byte. */
class RequestHeadTest {
  private static final String GET = "GET / HTTP/1.1\r\n";
  private static final String SEED_FIELDS =
      "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close, x\r\nExpect: 100-continue\r\n";
  private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";

  @ParameterizedTest
  @CsvSource({
    "example.com, example.com",
    "EXAMPLE.com:8080, example.com",
    "example.com., example.com",
    "example.com.:80, example.com",
    "a_b.example, a_b.example",
    "127.0.0.1:80, 127.0.0.1",
    "[2001:DB8::1]:80, [2001:db8::1]",
    "[::1], [::1]",
    "a:, a"
  })
  void routesByTheHostWithoutCaseAndPort(String sent, String host) {
    RequestHead head = request(GET + "Host: " + sent + "\r\n\r\n");
    assertThat(head.host()).isEqualTo(host);
    assertThat(head.authority()).isEqualTo(sent);
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example/x?y=1, /x?y=1",
    "HTTP://A.example/, /",
    "https://a.example, /",
    "http://a.example?q, /?q",
    "http://a.example//x, //x"
  })
  void readsAUrlOfItsHostAsThePathInIt(String url, String target) {
    assertThat(request("GET " + url + " HTTP/1.1\r\nHost: a.example\r\n\r\n").target())
        .isEqualTo(target);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "//x",
        "/%zz",
        "/%",
        "/a/../b",
        "/%7Ebob",
        "/a|b{c}[d]\"e",
        "/a\\b",
        "/caf\u00c3\u00a9",
        "/\u00e9",
        "/?a=b&c=%2F?d",
        "/;p=1",
        "/a%2Fb",
        "/%00"
      })
  void keepsTheBytesOfTheTarget(String target) {
    assertThat(request("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").target())
        .isEqualTo(target);
  }

  @Test
  void keepsNamesAndValuesInTheirOrderCaseAndBytes() {
    RequestHead head = request(GET + "hOsT: a\r\nCookie: a=b; c=\"d e\"; x=1\r\ncookie:y\r\n"
        + "X-Utf: gr\u00c3\u00bc\u00c3\u009f\r\nX-Latin: \u00e0\u00ff\r\nAuthorization: Bearer t\r\n"
        + "X-Empty:\r\nX-Blank: \t \r\nX-Pad: \t a\tb  \r\nx!#$%&'*+-.^_`|~9: z\r\n\r\n");
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < head.fields().count(); i++) {
      kept.add(head.fields().name(i) + "=" + head.fields().value(i));
    }
    assertThat(kept)
        .containsExactly(
            "hOsT=a",
            "Cookie=a=b; c=\"d e\"; x=1",
            "cookie=y",
            "X-Utf=gr\u00c3\u00bc\u00c3\u009f",
            "X-Latin=\u00e0\u00ff",
            "Authorization=Bearer t",
            "X-Empty=",
            "X-Blank=",
            "X-Pad=a\tb",
            "x!#$%&'*+-.^_`|~9=z");
    assertThat(head.fields().first(Field.AUTHORIZATION)).isEqualTo("Bearer t");
    assertThat(head.fields().first("COOKIE")).isEqualTo("a=b; c=\"d e\"; x=1");
  }

  @Test
  void knowsEachOfItsFieldsInAnyCase() {
    for (Field field : Field.values()) {
      if (field == Field.HOST
          || field == Field.CONTENT_LENGTH
          || field == Field.TRANSFER_ENCODING) {
        continue;
      }
      String name = field.text();
      String lower = name.toLowerCase(java.util.Locale.ROOT);
      String upper = name.toUpperCase(java.util.Locale.ROOT);
      Fields fields = request(
              GET + "Host: a\r\n" + name + ": 1\r\n" + lower + ": 2\r\n" + upper + ": 3\r\n\r\n")
          .fields();
      for (int i = 1; i <= 3; i++) {
        assertThat(fields.known(i)).as(fields.name(i)).isEqualTo(field);
      }
      // '-' and CR, '_' and DEL differ by the bit that the hash leaves out
      assertThat(request(GET + "Host: a\r\n" + lower.replace('-', '_') + "_: 1\r\n\r\n")
              .fields()
              .known(1))
          .isNull();
    }
  }

  @Test
  void takesAnyTokenAsMethod() {
    for (String method : new String[] {"PURGE", "PATCH", "get", "M-SEARCH", "GETX", "X"}) {
      assertThat(request(method + " / HTTP/1.1\r\nHost: a\r\n\r\n").method()).isEqualTo(method);
    }
    assertThat(request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").target()).isEqualTo("*");
  }

  @Test
  void saysHowLongTheBodyIs() {
    assertThat(request(POST + "\r\n").bodyLength()).isZero();
    assertThat(request(POST + "Content-Length: 0\r\n\r\n").hasBody()).isFalse();
    assertThat(request(POST + "Content-Length: 0012\r\n\r\n").bodyLength()).isEqualTo(12);
    assertThat(request(POST + "Content-Length: 9007199254740992\r\n\r\n").bodyLength())
        .isEqualTo(1L << 53);
    assertThat(request(POST + "Transfer-Encoding: CHUNKED\r\n\r\n").bodyLength())
        .isEqualTo(BodyLength.CHUNKED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.1 | X: y | true",
        "1.1 | Connection: close | false",
        "1.1 | Connection: x, Close | false",
        "1.1 | Connection: keep-alive, close | false",
        "1.1 | Connection: closed | true",
        "1.0 | X: y | false",
        "1.0 | Connection: Keep-Alive | true",
        "1.0 | Connection: keep-alive, close | false"
      })
  void keepsTheConnectionAsTheClientMeansIt(String version, String field, boolean keepAlive) {
    assertThat(request("GET / HTTP/" + version + "\r\nHost: a\r\n" + field + "\r\n\r\n")
            .keepAlive())
        .isEqualTo(keepAlive);
  }

  @Test
  void aCloseOutweighsAnyKeepAliveBesideIt() {
    String ten = "GET / HTTP/1.0\r\nHost: a\r\n";
    assertThat(
            request(ten + "Connection: close\r\nConnection: keep-alive\r\n\r\n").keepAlive())
        .isFalse();
    assertThat(
            request(ten + "Connection: keep-alive\r\nConnection: close\r\n\r\n").keepAlive())
        .isFalse();
  }

  @Test
  void neitherExpectsNorUpgradesInHttp10() {
    String asks =
        "Host: a\r\nExpect: 100-Continue\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    assertThat(request(GET + asks).expectsContinue()).isTrue();
    assertThat(request(GET + asks).asksUpgrade()).isTrue();
    assertThat(request("GET / HTTP/1.0\r\n" + asks).expectsContinue()).isFalse();
    assertThat(request("GET / HTTP/1.0\r\n" + asks).asksUpgrade()).isFalse();
    assertThat(request(GET + "Host: a\r\nUpgrade: websocket\r\n\r\n").asksUpgrade())
        .isFalse();
  }

  @Test
  void neverThrowsWhateverTheBytes() {
    byte[] seed = Wire.bytes(POST + SEED_FIELDS + "\r\n");
    byte[] spice = "\r\n :\t,/\u0000\u007f\u00ff19aZ*#[]".getBytes(StandardCharsets.ISO_8859_1);
    for (int run = 0; run < 50_000; run++) {
      Random random = new Random(run);
      byte[] head = seed.clone();
      for (int change = random.nextInt(4); change >= 0; change--) {
        head[random.nextInt(head.length)] = spice[random.nextInt(spice.length)];
      }
      HeadBuffer buffer = new HeadBuffer();
      buffer.append(akka.util.ByteString.fromArray(head));
      buffer.skipEmptyLines();
      int end = buffer.headEnd();
      if (end > 0) {
        assertThat(RequestHead.read(buffer.array(), buffer.from(), end, 100, 100))
            .as("seed %d", run)
            .isNotNull();
      }
    }
  }
}
