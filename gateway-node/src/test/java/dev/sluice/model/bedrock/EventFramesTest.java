package dev.sluice.model.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventFramesTest {
  private static final int MOST = 1 << 16;

  private static List<String> read(EventFrames frames, byte[] bytes, int split) {
    List<String> read = new ArrayList<>();
    EventFrames.Sink sink = (fields, payload) ->
        read.add(fields.get(":event-type") + " " + new String(payload, StandardCharsets.UTF_8));
    frames.read(bytes, 0, split, sink);
    frames.read(bytes, split, bytes.length, sink);
    return read;
  }

  private static List<String> read(byte[] bytes) {
    return read(new EventFrames(MOST), bytes, 0);
  }

  private static String failure(byte[] bytes) {
    EventFrames frames = new EventFrames(MOST);
    read(frames, bytes, 0);
    assertThat(frames.atEnd()).isFalse();
    return frames.failure();
  }

  @Test
  void readsFramesInAnySplit() {
    byte[] bytes =
        new Frames().event("a", "{'x':'grüß'}").event("b", "").event("c", "{}").bytes();
    for (int split = 0; split <= bytes.length; split++) {
      EventFrames frames = new EventFrames(MOST);
      assertThat(read(frames, bytes, split)).containsExactly("a {\"x\":\"grüß\"}", "b ", "c {}");
      assertThat(frames.atEnd()).isTrue();
    }
  }

  /** Written by botocore's test suite: a frame without fields and payload, and one with a field of each type. */
  @Test
  void readsFramesOfOthers() {
    EventFrames empty = new EventFrames(MOST);
    assertThat(read(empty, HexFormat.of().parseHex("000000100000000005c248eb7d98c8ff"), 3))
        .containsExactly("null ");
    assertThat(empty.atEnd()).isTrue();
    byte[] fields = HexFormat.of()
        .parseHex("0161" + "00" + "0162" + "01" + "0163" + "02ff" + "0164" + "030102" + "0165"
            + "0401020304" + "0166"
            + "050102030405060708" + "0167" + "0600020a0b" + "0168" + "07000161" + "0169"
            + "080102030405060708" + "016a"
            + "09000102030405060708090a0b0c0d0e0f");
    EventFrames frames = new EventFrames(MOST);
    List<Map<String, String>> seen = new ArrayList<>();
    byte[] frame = Frames.frame(fields, new byte[0]);
    frames.read(frame, 0, frame.length, (texts, payload) -> seen.add(texts));
    assertThat(seen).containsExactly(Map.of("h", "a"));
  }

  @Test
  void wrongChecksumsLengthsAndFieldsEndIt() {
    byte[] good = new Frames().event("a", "{}").bytes();
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      assertThat(failure(bad)).as("byte %d", at).contains("checksum");
    }
    assertThat(failure(Frames.frame(new byte[] {5, 'a'}, new byte[0]))).contains("fields");
    assertThat(failure(Frames.frame(new byte[] {1, 'a', 11}, new byte[0]))).contains("fields");
    assertThat(failure(Frames.frame(new byte[] {1, 'a', 7, 0, 9, 'x'}, new byte[0])))
        .contains("fields");
    byte[] twice = {1, 'a', 7, 0, 1, 'x', 1, 'a', 7, 0, 1, 'y'};
    assertThat(failure(Frames.frame(twice, new byte[0]))).contains("fields");
    assertThat(failure(new Frames().event("a", "x".repeat(MOST)).bytes())).contains("longer than");
  }

  @Test
  void aFrameThatIsTooLongIsNotWaitedFor() {
    byte[] start = new Frames().event("a", "x".repeat(MOST)).bytes();
    EventFrames frames = new EventFrames(MOST);
    frames.read(start, 0, 12, (fields, payload) -> {});
    assertThat(frames.failure()).contains("longer than");
  }

  @Test
  void lengthsThatDoNotFitEachOtherEndIt() {
    byte[] frame = Frames.frame(new byte[0], new byte[0]);
    ByteBuffer.wrap(frame).putInt(4, 1000);
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(frame, 0, 8);
    ByteBuffer.wrap(frame).putInt(8, (int) crc.getValue());
    assertThat(failure(frame)).contains("don't fit");
  }

  @Test
  void anyBytesAreReadWithoutAnException() {
    byte[] seed = new Frames().event("a", "{'x':1}").event("b", "{}").bytes();
    for (int round = 0; round < Integer.getInteger("fuzz", 3000); round++) {
      Random random = new Random(round);
      byte[] bytes = seed.clone();
      for (int i = 0; i < random.nextInt(4); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      assertThat(read(new EventFrames(MOST), bytes, random.nextInt(bytes.length)))
          .isEqualTo(read(bytes));
    }
  }
}
