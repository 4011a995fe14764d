package dev.sluice.model.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Feeds readers, taps and writers. */
public final class Pieces {
  /** What came of an answer, and whether it had come to its own end. */
  public record Read(List<AnswerEvent> events, boolean whole) {}

  private Pieces() {}

  public static Read read(AnswerReader reader, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<AnswerEvent> events = new ArrayList<>();
    reader.read(bytes, 0, bytes.length, events::add);
    boolean whole = reader.end(events::add);
    return new Read(events, whole);
  }

  public static Read inPieces(AnswerReader reader, byte[] bytes, Random random) {
    List<AnswerEvent> events = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int size = Math.min(bytes.length - at, 1 + random.nextInt(40));
      reader.read(bytes, at, at + size, events::add);
      at += size;
    }
    boolean whole = reader.end(events::add);
    return new Read(events, whole);
  }

  /** Checks that any split of the bytes makes the same events. */
  public static void sameForAnySplit(Supplier<AnswerReader> readers, String text) {
    Read expected = read(readers.get(), text);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int split = 0; split <= bytes.length; split++) {
      AnswerReader reader = readers.get();
      List<AnswerEvent> events = new ArrayList<>();
      reader.read(bytes, 0, split, events::add);
      reader.read(bytes, split, bytes.length, events::add);
      boolean whole = reader.end(events::add);
      assertThat(new Read(events, whole)).as("split at %d", split).isEqualTo(expected);
    }
    for (int seed = 0; seed < 100; seed++) {
      assertThat(inPieces(readers.get(), bytes, new Random(seed)))
          .as("seed %d", seed)
          .isEqualTo(expected);
    }
  }

  /** How often a test of random bytes shall try; more by {@code -Dfuzz=N}. */
  public static int rounds() {
    return Integer.getInteger("fuzz", 1000);
  }

  /** Bytes that are an answer but for some that were changed, doubled or left out. */
  public static byte[] mangled(String text, Random random) {
    return mangled(text.getBytes(StandardCharsets.UTF_8), random);
  }

  /** The same. */
  public static byte[] mangled(byte[] bytes, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int every = 1 + random.nextInt(60);
    for (byte b : bytes) {
      int fate = random.nextInt(every) == 0 ? random.nextInt(4) : 4;
      switch (fate) {
        case 0 -> out.write(random.nextInt(256));
        case 1 -> {
          out.write(b);
          out.write(b);
        }
        case 2 -> out.write("{}[]\":,\n".charAt(random.nextInt(8)));
        case 3 -> {}
        default -> out.write(b);
      }
    }
    return out.toByteArray();
  }

  /** Feeds mangled bytes; whatever they are, nothing is thrown and any split makes the same of them. */
  public static void neverThrows(Supplier<AnswerReader> readers, String text) {
    for (int seed = 0; seed < rounds(); seed++) {
      Random random = new Random(seed);
      byte[] bytes = mangled(text, random);
      Read one = inPieces(readers.get(), bytes, random);
      Read other = inPieces(readers.get(), bytes, random);
      assertThat(one).as("seed %d", seed).isEqualTo(other);
    }
  }

  /** Passes the text through a tap in pieces. */
  public static String passed(AnswerTap tap, String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length; ) {
      int size = Math.min(bytes.length - at, 1 + random.nextInt(40));
      out.writeBytes(tap.pass(bytes, at, at + size));
      at += size;
    }
    out.writeBytes(tap.rest());
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What a writer makes of events, with its end unless one says that it failed. */
  public static String written(AnswerWriter writer, List<AnswerEvent> events) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    events.forEach(event -> writer.write(event, out));
    if (events.stream().noneMatch(AnswerEvent.Failed.class::isInstance)) {
      writer.end(out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
