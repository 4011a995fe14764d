package dev.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Heads over HTTP/2: compressed and read again, and what they are in HTTP/1.1. */
class Http2HeadTest {
  private static List<String> read(Http2HeadReader reader, byte[] block) {
    List<String> fields = new ArrayList<>();
    assertThat(reader.read(block, (name, value) -> fields.add(name + ": " + value)))
        .isTrue();
    return fields;
  }

  private static RequestRead request(boolean bodyFollows, String... fields) {
    Http2Head head = new Http2Head(4096);
    for (int i = 0; i < fields.length; i += 2) {
      head.field(fields[i], fields[i + 1]);
    }
    return head.request(bodyFollows, 1024, 32);
  }

  private static RequestRead get(String... more) {
    List<String> fields = new ArrayList<>(
        List.of(":method", "GET", ":scheme", "https", ":path", "/a?b", ":authority", "Host:80"));
    fields.addAll(List.of(more));
    return request(false, fields.toArray(String[]::new));
  }

  @Test
  void everyHeadIsReadAsItWasWrittenHoweverManyCameBefore() {
    Http2HeadWriter writer = new Http2HeadWriter();
    Http2HeadReader reader = new Http2HeadReader(1 << 16);
    for (int i = 0; i < 300; i++) {
      writer.response(200 + i).field("X-Count", "" + i).field("x-latin", "\u00e9\u00ff" + i % 7);
      writer.field(Field.CONTENT_TYPE, "text/plain").field("Connection", "close");
      writer.field("Transfer-Encoding", "chunked").field("x-two", "lines\r\nx: y");
      assertThat(read(reader, writer.finish()))
          .containsExactly(
              ":status: " + (200 + i),
              "x-count: " + i,
              "x-latin: \u00e9\u00ff" + i % 7,
              "content-type: text/plain",
              "x-two: lines  x: y");
      if (i % 50 == 49) {
        writer.tableBytes(i % 100 == 49 ? 0 : 4096);
      }
    }
  }

  @Test
  void aLongHeadGoesOutInFramesOfTheAllowedSize() {
    Http2HeadWriter writer = new Http2HeadWriter();
    writer.response(200);
    for (int i = 0; i < 40; i++) {
      writer.field("x-" + i, "" + (char) ('a' + i % 26) + "~".repeat(1000));
    }
    byte[] block = writer.finish();
    byte[] frames = Http2HeadWriter.frames(7, block, true).toArray();
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    int at = 0;
    int count = 0;
    while (at < frames.length) {
      int length = Http2Frames.int32(frames, at) >>> 8;
      boolean last = at + Http2Frames.HEADER_BYTES + length == frames.length;
      assertThat(length).isLessThanOrEqualTo(Http2Frames.PAYLOAD_BYTES);
      assertThat((int) frames[at + 3])
          .isEqualTo(count == 0 ? Http2Frames.HEADERS : Http2Frames.CONTINUATION);
      assertThat((frames[at + 4] & Http2Frames.END_HEADERS) != 0).isEqualTo(last);
      assertThat((frames[at + 4] & Http2Frames.END_STREAM) != 0).isEqualTo(count == 0);
      assertThat(Http2Frames.int31(frames, at + 5)).isEqualTo(7);
      joined.write(frames, at + Http2Frames.HEADER_BYTES, length);
      at += Http2Frames.HEADER_BYTES + length;
      count++;
    }
    assertThat(count).isGreaterThan(1);
    assertThat(read(new Http2HeadReader(1 << 17), joined.toByteArray())).hasSize(41);
  }

  @Test
  void aRequestIsTheHeadThatAnHttp1ClientWouldHaveSent() {
    RequestHead head =
        (RequestHead) get("cookie", "a=1", "x", "1", "cookie", "b=2", "te", "trailers");
    assertThat(head.method()).isEqualTo("GET");
    assertThat(head.target()).isEqualTo("/a?b");
    assertThat(head.authority()).isEqualTo("Host:80");
    assertThat(head.host()).isEqualTo("host");
    assertThat(head.fields().first("cookie")).isEqualTo("a=1; b=2");
    assertThat(head.hasBody()).isFalse();
  }

  @Test
  void aClientThatAsksForWebSocketAsksForAnUpgradeWithAKey() {
    RequestHead head = (RequestHead) request(
        true,
        ":method",
        "CONNECT",
        ":protocol",
        "websocket",
        ":scheme",
        "https",
        ":path",
        "/chat",
        ":authority",
        "a",
        "sec-websocket-version",
        "13",
        "sec-websocket-key",
        "none");
    assertThat(head.method()).isEqualTo("GET");
    assertThat(head.asksUpgrade()).isTrue();
    assertThat(head.hasBody()).isFalse();
    assertThat(head.fields().first("Sec-WebSocket-Key")).hasSize(24);
    assertThat(head.fields().first("Sec-WebSocket-Version")).isEqualTo("13");
  }

  @Test
  void anyOtherTunnelIsRefused() {
    assertThat(request(
            true,
            ":method",
            "CONNECT",
            ":protocol",
            "connect-udp",
            ":scheme",
            "https",
            ":path",
            "/",
            ":authority",
            "a"))
        .isInstanceOfSatisfying(Malformed.class, one -> assertThat(one.status()).isEqualTo(501));
    assertThat(request(true, ":method", "CONNECT", ":authority", "a"))
        .isInstanceOf(Malformed.class);
    assertThat(get(":protocol", "websocket")).isInstanceOf(Malformed.class);
    assertThat(request(
            false,
            ":method",
            "CONNECT",
            ":protocol",
            "websocket",
            ":scheme",
            "https",
            ":path",
            "/",
            ":authority",
            "a"))
        .isInstanceOf(Malformed.class);
  }

  private static ResponseRead answer(String method, boolean bodyFollows, String... fields) {
    Http2Head head = new Http2Head(4096);
    for (int i = 0; i < fields.length; i += 2) {
      head.field(fields[i], fields[i + 1]);
    }
    return head.response(method, bodyFollows, 32);
  }

  private static long lengthOf(String method, boolean bodyFollows, String... fields) {
    return ((ResponseHead) answer(method, bodyFollows, fields)).bodyLength();
  }

  @Test
  void anAnswerIsTheHeadThatAnHttp1UpstreamWouldHaveSent() {
    ResponseHead head = (ResponseHead) answer("GET", true, ":status", "404", "x", "1", "x", "2");
    assertThat(head.status()).isEqualTo(404);
    assertThat(head.reason()).isEqualTo("Not Found");
    assertThat(head.fields().count()).isEqualTo(3);
    assertThat(head.bodyLength()).isEqualTo(BodyLength.CHUNKED);
    assertThat(lengthOf("GET", true, ":status", "200", "content-length", "5")).isEqualTo(5);
    assertThat(lengthOf("GET", false, ":status", "200")).isZero();
    assertThat(lengthOf("HEAD", false, ":status", "200", "content-length", "5")).isZero();
    assertThat(lengthOf("GET", false, ":status", "304", "content-length", "5")).isZero();
  }

  @Test
  void whereTrailersAreToBeExpectedALengthGivesWayToChunks() {
    assertThat(lengthOf("GET", true, ":status", "200", "content-length", "5", "trailer", "x"))
        .isEqualTo(BodyLength.CHUNKED);
    assertThat(lengthOf(
            "POST",
            true,
            ":status",
            "200",
            "content-type",
            "application/grpc+proto",
            "content-length",
            "5"))
        .isEqualTo(BodyLength.CHUNKED);
  }

  @Test
  void whatIsNoAnswerIsMalformed() {
    for (String[] fields : new String[][] {
      {"x", "1"},
      {":status", "20"},
      {":status", "2000"},
      {":status", "2x0"},
      {":status", "101"},
      {":status", "200", ":status", "200"},
      {":status", "200", ":path", "/"},
      {":status", "200", "connection", "close"},
      {":status", "200", "content-length", "1", "content-length", "1"},
      {":status", "200", "content-length", "x"},
      {"x", "1", ":status", "200"}
    }) {
      assertThat(answer("GET", true, fields))
          .as(String.join(" ", fields))
          .isInstanceOf(Malformed.class);
    }
  }

  @Test
  void trailersAreFieldsWithoutPseudoFields() {
    Http2Head head = new Http2Head(4096);
    head.field("grpc-status", "0");
    assertThat(java.util.Objects.requireNonNull(head.trailers(32)).first("grpc-status"))
        .isEqualTo("0");
    for (String name : List.of(":status", ":path", "Upper", "connection")) {
      Http2Head wrong = new Http2Head(4096);
      wrong.field(name, "200");
      assertThat(wrong.trailers(32)).as(name).isNull();
    }
    Http2Head many = new Http2Head(40_000);
    for (int i = 0; i < 33; i++) {
      many.field("x", "y");
    }
    assertThat(many.trailers(32)).isNull();
    Http2Head large = new Http2Head(40);
    large.field("x", "y".repeat(40));
    assertThat(large.trailers(32)).isNull();
  }

  @Test
  void aBodyOfUnknownLengthIsInChunks() {
    RequestHead head = (RequestHead)
        request(true, ":method", "POST", ":scheme", "http", ":path", "/", "host", "a", "x", "y");
    assertThat(head.bodyLength()).isEqualTo(BodyLength.CHUNKED);
  }

  @Test
  void aHeadAboveTheLimitIsTooLarge() {
    assertThat(get("x", "y".repeat(5000)))
        .isInstanceOfSatisfying(Malformed.class, one -> assertThat(one.status()).isEqualTo(431));
  }

  @Test
  void aBlockThatEndsInTheMiddleOfAFieldIsNotWhole() {
    Http2HeadWriter writer = new Http2HeadWriter();
    byte[] block = writer.response(200).field("x-name", "value").finish();
    List<String> none = new ArrayList<>();
    for (int cut = 1; cut < block.length; cut++) {
      byte[] part = java.util.Arrays.copyOf(block, cut);
      boolean whole = new Http2HeadReader(4096).read(part, (name, value) -> none.add(name));
      assertThat(whole).as("cut at %d of %d", cut, block.length).isEqualTo(cut == 1);
    }
  }

  @Test
  void aFrameHoldsWhatItWasGiven() {
    ByteString frame = Http2Frames.goAway(5, Http2Frames.Why.ENHANCE_YOUR_CALM);
    assertThat(frame.toArray()).containsExactly(0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 11);
  }
}
