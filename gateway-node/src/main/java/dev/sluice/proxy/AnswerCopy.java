package dev.sluice.proxy;

import akka.util.ByteString;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.BodyReader;
import dev.sluice.wire.Field;
import dev.sluice.wire.Fields;
import dev.sluice.wire.HeadSink;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Keeps what two answers are compared by while one of them passes: some of its fields, and the start of its body. */
final class AnswerCopy {
  private final Set<String> names;
  private final int mostBytes;
  private final Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private BodyReader framing = BodyReader.of(0);
  private int status;
  private boolean own;
  private boolean cut;
  private boolean over;

  /**
   * @param names of fields that are kept, in any case
   * @param mostBytes of the body that are kept
   */
  AnswerCopy(Set<String> names, int mostBytes) {
    this.names = names;
    this.mostBytes = mostBytes;
  }

  /** A head of this status begins; its fields are noted on their way to {@code out}. */
  HeadSink head(int answered, HeadSink out) {
    status = answered;
    return new HeadSink() {
      @Override
      public HeadSink field(Field field, String value) {
        note(field.text(), value);
        out.field(field, value);
        return this;
      }

      @Override
      public HeadSink field(String name, String value) {
        note(name, value);
        out.field(name, value);
        return this;
      }

      @Override
      public HeadSink field(Fields from, int i) {
        note(from.name(i), from.value(i));
        out.field(from, i);
        return this;
      }
    };
  }

  /** A whole head has come. */
  void head(int answered, Fields from) {
    status = answered;
    for (int i = 0; i < from.count(); i++) {
      note(from.name(i), from.value(i));
    }
    framing = BodyReader.of(BodyLength.UNTIL_CLOSE);
  }

  private void note(String name, String value) {
    if (names.contains(name)) {
      fields.computeIfAbsent(name, none -> new ArrayList<>(1)).add(value);
    }
  }

  /** The head is over. {@code bodyLength} as in {@link dev.sluice.edge.Reply#headEnd}. */
  void headEnd(long bodyLength) {
    framing = BodyReader.of(
        bodyLength >= 0 || bodyLength == BodyLength.CHUNKED || bodyLength == BodyLength.UNTIL_CLOSE
            ? bodyLength
            : 0);
  }

  /** The gateway answers by itself: its words are its own. */
  void own() {
    own = true;
  }

  /** A piece of the body, in its framing. */
  void piece(ByteString piece) {
    byte[] bytes = piece.toArrayUnsafe();
    framing.read(bytes, 0, bytes.length, this::keep);
  }

  private void keep(byte[] bytes, int from, int to) {
    int room = mostBytes - body.size();
    body.write(bytes, from, Math.min(room, to - from));
    cut |= to - from > room;
  }

  /** Whether more of the body has come than is compared. */
  boolean full() {
    return cut;
  }

  void end() {
    over = true;
  }

  /** Whether the answer has come to its end. */
  boolean over() {
    return over;
  }

  /** Status of the answer, or 0 while there is none. */
  int status() {
    return status;
  }

  Answered answered() {
    return new Answered(
        status, own, fields, ByteString.fromArray(body.toByteArray()), over && !cut);
  }
}
