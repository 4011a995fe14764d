package dev.sluice.wire;

import static dev.sluice.wire.Wire.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a body ends, in whatever pieces it comes. */
class BodyReaderTest {
  private static final String NEXT = "GET /next HTTP/1.1\r\n";

  /** What became of a body. {@code taken}: bytes of the input that belong to it. */
  private record Read(String payload, int taken, boolean done, boolean broken) {}

  private static Read read(long length, String wire, int... cuts) {
    BodyReader reader = BodyReader.of(length);
    byte[] all = bytes(wire);
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    int at = 0;
    for (int piece = 0; piece <= cuts.length && !reader.done() && !reader.broken(); piece++) {
      int to = piece == cuts.length ? all.length : cuts[piece];
      while (at < to && !reader.done() && !reader.broken()) {
        at = reader.read(all, at, to, (b, f, t) -> payload.write(b, f, t - f));
      }
    }
    return new Read(
        payload.toString(StandardCharsets.ISO_8859_1), at, reader.done(), reader.broken());
  }

  private static void whole(String chunks, String payload) {
    for (int first = 0; first <= chunks.length(); first++) {
      for (int second = first; second <= chunks.length(); second += 7) {
        assertThat(read(BodyLength.CHUNKED, chunks + NEXT, first, second))
            .as("cut at %d and %d", first, second)
            .isEqualTo(new Read(payload, chunks.length(), true, false));
      }
    }
  }

  @Test
  void endsChunksAtTheSameByteHoweverTheyAreCut() {
    whole("0\r\n\r\n", "");
    whole("5\r\nhello\r\n0\r\n\r\n", "hello");
    whole("5;a=b;c=\"d\"\r\nhel\r\n\r\n1\r\n!\r\n00\r\n\r\n", "hel\r\n!");
    whole(
        "000A\r\n0123456789\r\na\r\nabcdefghij\r\n0\r\nX-Sum: 1\r\nY: z\r\n\r\n",
        "0123456789abcdefghij");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n",
        "\n",
        "g\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        "5\t\r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "5\rhello\r\n0\r\n\r\n",
        "5\r\r\nhello\r\n0\r\n\r\n",
        ";a\r\n",
        "5;a\nb\r\nhello\r\n0\r\n\r\n",
        "5;a\rb\r\nhello\r\n0\r\n\r\n",
        "5;a\u0000b\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\r0\r\n\r\n",
        "5\r\nhello!\r\n0\r\n\r\n",
        "10000000000000\r\n",
        "ffffffffffffffff\r\n",
        "00000000000005\r\nhello\r\n0\r\n\r\n",
        "0\r\n\n",
        "0\r\n\rX",
        "0\r\nX: y\n\r\n",
        "0\r\nX: y\rz\r\n\r\n",
        "0\r\nX: \u0000\r\n\r\n"
      })
  void refusesFramingThatOthersCouldReadOtherwise(String chunks) {
    for (int cut = 0; cut <= chunks.length(); cut++) {
      Read read = read(BodyLength.CHUNKED, chunks, cut);
      assertThat(read.broken()).as("cut at %d", cut).isTrue();
      assertThat(read.done()).isFalse();
    }
  }

  @Test
  void boundsWhatStandsBetweenChunksAndBehindThem() {
    assertThat(read(BodyLength.CHUNKED, "5;" + "x".repeat(10_000)).broken()).isTrue();
    assertThat(read(BodyLength.CHUNKED, "0\r\n" + "x".repeat(10_000)).broken()).isTrue();
    assertThat(read(BodyLength.CHUNKED, "0\r\n" + "X: y\r\n".repeat(5_000)).broken())
        .isTrue();
    assertThat(read(BodyLength.CHUNKED, "1;x\r\na\r\n".repeat(10_000) + "0\r\n\r\n")
            .done())
        .isTrue();
  }

  private static String passed(String chunks, Trailers passing, int... cuts) {
    BodyReader reader = BodyReader.of(BodyLength.CHUNKED, 200, 4);
    byte[] all = bytes(chunks);
    StringBuilder passed = new StringBuilder();
    int at = 0;
    for (int piece = 0; piece <= cuts.length; piece++) {
      int to = piece == cuts.length ? all.length : cuts[piece];
      int end = reader.read(all, at, to, (b, f, t) -> {});
      passed.append(Wire.text(reader.framed(all, at, end, passing)));
      at = end;
    }
    String copied = reader.broken() ? "broken" : passed.toString();
    assertThat(lent(all, passing, cuts)).isEqualTo(copied);
    return copied;
  }

  private static String text(ByteBuffer piece) {
    return StandardCharsets.ISO_8859_1.decode(piece).toString();
  }

  /** The same, of bytes that are only lent: what can't pass so is read. */
  private static String lent(byte[] all, Trailers passing, int... cuts) {
    BodyReader reader = BodyReader.of(BodyLength.CHUNKED, 200, 4);
    StringBuilder passed = new StringBuilder();
    int at = 0;
    for (int piece = 0; piece <= cuts.length; piece++) {
      int to = piece == cuts.length ? all.length : cuts[piece];
      ByteBuffer bytes = ByteBuffer.wrap(all, at, to - at);
      passed.append(text(reader.pass(bytes)));
      at = bytes.position();
      int end = reader.read(all, at, to, (b, f, t) -> {});
      passed.append(Wire.text(reader.framed(all, at, end, passing)));
      at = end;
    }
    return reader.broken() ? "broken" : passed.toString();
  }

  @Test
  void ofABodyOfKnownLengthNoByteMorePasses() {
    BodyReader reader = BodyReader.of(7);
    ByteBuffer bytes = ByteBuffer.wrap(bytes("hello, next"));
    ByteBuffer first = bytes.slice(0, 5);
    assertThat(text(reader.pass(first))).isEqualTo("hello");
    assertThat(reader.done()).isFalse();
    bytes.position(5);
    assertThat(text(reader.pass(bytes))).isEqualTo(", ");
    assertThat(reader.done()).isTrue();
    assertThat(bytes.remaining()).isEqualTo(4);
    assertThat(reader.pass(bytes).hasRemaining()).isFalse();
  }

  private static void passes(String sent, Trailers passing, String passed) {
    for (int first = 0; first <= sent.length(); first++) {
      for (int second = first; second <= sent.length(); second += 5) {
        assertThat(passed(sent, passing, first, second))
            .as("cut at %d and %d", first, second)
            .isEqualTo(passed);
      }
    }
  }

  @Test
  void chunksGoOnAsTheyCameAndTrailersOnlyAsTheyMay() {
    String chunks = "5;x=y\r\nhello\r\n0;z\r\n";
    passes(chunks + "\r\n", Trailers.OF_REQUEST, chunks + "\r\n");
    passes(chunks + "X-Sum: 1\r\n\r\n", Trailers.OF_RESPONSE, chunks + "X-Sum: 1\r\n\r\n");
    passes(chunks + "X-Sum: 1\r\n\r\n", Trailers.NONE, chunks + "\r\n");
    passes(
        chunks + "Host: b\r\nX-Sum:  1 \r\ncontent-length: 5\r\n\r\n",
        Trailers.OF_REQUEST,
        chunks + "X-Sum: 1\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding",
        "content-length",
        "Host",
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Upgrade",
        "Authorization",
        "Proxy-Authorization",
        "Proxy-Authenticate",
        "Cookie",
        "Set-Cookie",
        "Cache-Control",
        "Expect",
        "Range",
        "Content-Type",
        "Content-Encoding",
        "Content-Range",
        "Age",
        "Expires",
        "Date",
        "Location",
        "Retry-After",
        "Vary",
        "Warning",
        "WWW-Authenticate",
        "If-Match",
        "Max-Forwards",
        "X-Real-IP",
        "X-Forwarded-For",
        "X-Forwarded-Prefix",
        "X-Request-ID",
        "ssl-client-verify",
        "Forwarded"
      })
  void whatBelongsInAHeadNeverComesBehindABody(String name) {
    for (Trailers passing : Trailers.values()) {
      assertThat(passed("0\r\n" + name + ": 1\r\n\r\n", passing)).isEqualTo("0\r\n\r\n");
    }
  }

  @Test
  void namesWithUnderscoresPassBehindAnswersOnly() {
    assertThat(passed("0\r\nx_y: 1\r\n\r\n", Trailers.OF_REQUEST)).isEqualTo("0\r\n\r\n");
    assertThat(passed("0\r\nx_y: 1\r\n\r\n", Trailers.OF_RESPONSE))
        .isEqualTo("0\r\nx_y: 1\r\n\r\n");
  }

  @Test
  void trailersThatCannotBeReadOrAreTooManyBreakTheBody() {
    for (String trailers : new String[] {
      "X\r\n",
      "X : 1\r\n",
      " X: 1\r\n",
      "X: 1\r\n 2\r\n",
      ": 1\r\n",
      "X: \u0001\r\n",
      "X y: 1\r\n",
      "a: 1\r\nb: 1\r\nc: 1\r\nd: 1\r\ne: 1\r\n",
      "X: " + "y".repeat(200) + "\r\n"
    }) {
      assertThat(passed("0\r\n" + trailers + "\r\n", Trailers.OF_REQUEST))
          .as(trailers)
          .isEqualTo("broken");
    }
    assertThat(passed("0\r\na: 1\r\nb: 1\r\nc: 1\r\nd: 1\r\n\r\n", Trailers.OF_REQUEST))
        .contains("d: 1");
  }

  @Test
  void takesExactlyTheBytesThatWereDeclared() {
    for (int cut = 0; cut <= 5; cut++) {
      assertThat(read(5, "hello" + NEXT, cut)).isEqualTo(new Read("hello", 5, true, false));
    }
    assertThat(read(0, NEXT)).isEqualTo(new Read("", 0, true, false));
    assertThat(read(6, "hello")).isEqualTo(new Read("hello", 5, false, false));
  }

  @Test
  void aBodyThatEndsWithItsConnectionNeverEndsBefore() {
    assertThat(read(BodyLength.UNTIL_CLOSE, "0\r\n\r\n", 2))
        .isEqualTo(new Read("0\r\n\r\n", 5, false, false));
  }

  @Test
  void readsTheChunksThatWeWrite() {
    Random random = new Random(4);
    for (int size :
        new int[] {1, 9, 10, 15, 16, 17, 255, 256, 4095, 4096, 65_535, 65_536, 300_000}) {
      byte[] payload = new byte[size + 2];
      random.nextBytes(payload);
      ByteString wire = Chunks.chunk(payload, 1, 1 + size).concat(Chunks.LAST);
      assertThat(Wire.text(wire)).startsWith(Integer.toHexString(size) + "\r\n");
      Read read = read(BodyLength.CHUNKED, Wire.text(wire), size / 2);
      assertThat(read.done()).isTrue();
      assertThat(bytes(read.payload()))
          .isEqualTo(java.util.Arrays.copyOfRange(payload, 1, 1 + size));
    }
  }
}
