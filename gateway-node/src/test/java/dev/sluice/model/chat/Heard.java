package dev.sluice.model.chat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** What a reader makes of an answer: its events, neighbours of one kind joined. */
public record Heard(List<AnswerEvent> events, boolean whole) {
  /** All bytes in one piece. */
  public static Heard whole(AnswerReader reader, byte[] bytes) {
    return at(reader, bytes, new int[0]);
  }

  /** In two pieces. */
  public static Heard split(AnswerReader reader, byte[] bytes, int at) {
    return at(reader, bytes, new int[] {at});
  }

  /** In pieces of at most 64 bytes, by chance. */
  public static Heard pieces(AnswerReader reader, byte[] bytes, Random random) {
    List<Integer> splits = new ArrayList<>();
    for (int at = 1 + random.nextInt(64); at < bytes.length; at += 1 + random.nextInt(64)) {
      splits.add(at);
    }
    return at(reader, bytes, splits.stream().mapToInt(Integer::intValue).toArray());
  }

  private static Heard at(AnswerReader reader, byte[] bytes, int[] splits) {
    List<AnswerEvent> events = new ArrayList<>();
    Consumer<AnswerEvent> out = events::add;
    int from = 0;
    for (int to : splits) {
      reader.read(bytes, from, to, out);
      from = to;
    }
    reader.read(bytes, from, bytes.length, out);
    boolean whole = reader.end(out);
    return new Heard(joined(events), whole);
  }

  /** Passes all through a tap in pieces of at most 64 bytes, by chance. */
  public static byte[] pass(AnswerTap tap, byte[] bytes, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length; ) {
      int to = Math.min(bytes.length, at + 1 + random.nextInt(64));
      out.writeBytes(tap.pass(bytes, at, to));
      at = to;
    }
    out.writeBytes(tap.rest());
    return out.toByteArray();
  }

  /** What a writer makes of events. */
  public static String write(AnswerWriter writer, List<AnswerEvent> events) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    events.forEach(event -> writer.write(event, out));
    if (events.stream().noneMatch(AnswerEvent.Failed.class::isInstance)) {
      writer.end(out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static List<AnswerEvent> joined(List<AnswerEvent> events) {
    List<AnswerEvent> joined = new ArrayList<>();
    for (AnswerEvent event : events) {
      AnswerEvent last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
      AnswerEvent both = last == null ? null : both(last, event);
      if (both != null) {
        joined.set(joined.size() - 1, both);
      } else {
        joined.add(event);
      }
    }
    return joined;
  }

  /** Null if they are of different kinds. */
  private static AnswerEvent both(AnswerEvent one, AnswerEvent other) {
    if (one instanceof AnswerEvent.Text a && other instanceof AnswerEvent.Text b) {
      return new AnswerEvent.Text(a.choice(), a.text() + b.text());
    }
    if (one instanceof AnswerEvent.Thought a && other instanceof AnswerEvent.Thought b) {
      return new AnswerEvent.Thought(a.choice(), a.text() + b.text());
    }
    if (one instanceof AnswerEvent.ToolArguments a
        && other instanceof AnswerEvent.ToolArguments b
        && a.index() == b.index()) {
      return new AnswerEvent.ToolArguments(a.choice(), a.index(), a.json() + b.json());
    }
    return null;
  }
}
