package dev.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Heads are found in the bytes of a connection, in whatever pieces those come. */
class HeadBufferTest {
  private static final String FIRST =
      "POST /a HTTP/1.1\r\nHost: a\r\nX-Utf: \u00c3\u00a9\r\nContent-Length: 4\r\n\r\n";
  private static final String SECOND = "GET /b HTTP/1.1\r\nHost: b\r\n\r\n";

  /** Takes the requests out of the buffer, as text; a body is what lies behind a POST. */
  private static void takeAll(HeadBuffer buffer, List<String> taken, BodyReader[] body) {
    while (true) {
      if (body[0] != null) {
        int end = body[0].read(
            buffer.array(), buffer.from(), buffer.from() + buffer.size(), (b, f, t) -> {});
        buffer.take(end);
        if (!body[0].done()) {
          return;
        }
        body[0] = null;
      }
      buffer.skipEmptyLines();
      int end = buffer.headEnd();
      if (end < 0) {
        assertThat(end).isEqualTo(HeadBuffer.PARTIAL);
        return;
      }
      RequestHead head =
          (RequestHead) RequestHead.read(buffer.array(), buffer.from(), end, 1024, 32);
      taken.add(head.method() + head.target() + head.host() + head.fields().first("x-utf"));
      buffer.take(end);
      if (head.hasBody()) {
        body[0] = BodyReader.of(head.bodyLength());
      }
    }
  }

  @Test
  void findsTheSameRequestsWhereverTheBytesAreCut() {
    String all = "\r\n" + FIRST + "\r\n\r\n" + "\r\n" + SECOND + FIRST + "\n\n\n\n" + SECOND;
    for (int first = 0; first <= all.length(); first++) {
      for (int second = first; second <= all.length(); second++) {
        HeadBuffer buffer = new HeadBuffer();
        List<String> taken = new ArrayList<>();
        BodyReader[] body = new BodyReader[1];
        for (String piece :
            List.of(all.substring(0, first), all.substring(first, second), all.substring(second))) {
          if (!piece.isEmpty()) {
            buffer.append(ByteString.fromArray(Wire.bytes(piece)));
            takeAll(buffer, taken, body);
          }
        }
        assertThat(taken)
            .as("cut at %d and %d", first, second)
            .containsExactly(
                "POST/aa\u00c3\u00a9", "GET/bbnull", "POST/aa\u00c3\u00a9", "GET/bbnull");
        assertThat(buffer.size()).isZero();
      }
    }
  }

  @Test
  void oneByteAtATimeIsEnough() {
    HeadBuffer buffer = new HeadBuffer();
    List<String> taken = new ArrayList<>();
    for (byte b : Wire.bytes(SECOND + SECOND)) {
      buffer.append(ByteString.fromArray(new byte[] {b}));
      takeAll(buffer, taken, new BodyReader[1]);
    }
    assertThat(taken).containsExactly("GET/bbnull", "GET/bbnull");
  }

  @Test
  void seesALineFeedWithoutCarriageReturnWhereverTheBytesAreCut() {
    for (String all : List.of(
        "GET / HTTP/1.1\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n",
        "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")) {
      for (int cut = 1; cut < all.length(); cut++) {
        HeadBuffer buffer = new HeadBuffer();
        buffer.append(ByteString.fromArray(Wire.bytes(all.substring(0, cut))));
        int end = buffer.headEnd();
        if (end == HeadBuffer.PARTIAL) {
          buffer.append(ByteString.fromArray(Wire.bytes(all.substring(cut))));
          end = buffer.headEnd();
        }
        assertThat(end).as("%s cut at %d", all, cut).isEqualTo(HeadBuffer.BARE_LINE_FEED);
      }
    }
  }

  @Test
  void bytesThatPileUpAreMovedAFewTimesHoweverManyPiecesTheyComeIn() {
    HeadBuffer buffer = new HeadBuffer();
    Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    byte[] piece = new byte[1024];
    for (int i = 0; i < 4096; i++) {
      buffer.append(ByteString.fromArray(piece));
      arrays.add(buffer.array());
    }
    assertThat(buffer.size()).isEqualTo(4096 * 1024);
    assertThat(arrays).hasSizeLessThan(16);
  }

  @Test
  void bytesThatWereHandedOutStayAsTheyWereWhileMoreComes() {
    HeadBuffer buffer = new HeadBuffer();
    List<ByteString> out = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      buffer.append(ByteString.fromString("piece-" + i + ";"));
      if (i % 3 == 1) {
        int middle = buffer.from() + buffer.size() / 2;
        out.add(ByteString.fromArrayUnsafe(buffer.array(), buffer.from(), middle - buffer.from()));
        buffer.take(middle);
      }
    }
    out.add(buffer.takeAll());
    StringBuilder all = new StringBuilder();
    out.forEach(one -> all.append(one.utf8String()));
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      expected.append("piece-").append(i).append(';');
    }
    assertThat(all).hasToString(expected.toString());
  }

  @Test
  void piecesOfABodyLieOneBehindTheOtherUncopied() {
    HeadBuffer buffer = new HeadBuffer();
    byte[][] pieces = new byte[3][10_000];
    for (byte[] piece : pieces) {
      buffer.append(ByteString.fromArrayUnsafe(piece));
    }
    assertThat(buffer.size()).isEqualTo(30_000);
    for (byte[] piece : pieces) {
      assertThat(buffer.array()).isSameAs(piece);
      buffer.take(buffer.to());
    }
    assertThat(buffer.size()).isZero();
  }

  @Test
  void whatIsAskedForInOnePieceIsJoinedHoweverItCame() {
    java.util.Random random = new java.util.Random(9);
    for (int run = 0; run < 200; run++) {
      byte[] all = new byte[60_000];
      random.nextBytes(all);
      HeadBuffer buffer = new HeadBuffer();
      java.io.ByteArrayOutputStream taken = new java.io.ByteArrayOutputStream();
      int at = 0;
      while (taken.size() < all.length) {
        if (at < all.length && random.nextBoolean()) {
          int to = Math.min(all.length, at + 1 + random.nextInt(random.nextBoolean() ? 100 : 9000));
          buffer.append(ByteString.fromArray(java.util.Arrays.copyOfRange(all, at, to)));
          at = to;
        } else if (buffer.size() > 0) {
          int wanted = 1 + random.nextInt(buffer.size());
          buffer.gather(wanted);
          assertThat(buffer.to() - buffer.from()).isGreaterThanOrEqualTo(wanted);
          taken.write(buffer.array(), buffer.from(), wanted);
          buffer.take(buffer.from() + wanted);
        }
        assertThat(taken.size() + buffer.size()).isEqualTo(at);
      }
      assertThat(taken.toByteArray()).isEqualTo(all);
    }
  }
}
