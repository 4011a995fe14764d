package dev.sluice.wire;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A link that is spoken to in HTTP/1.1 and speaks FastCGI beneath: one request, and the end of the connection behind its
 * answer. What the application writes to its error stream is dropped.
 */
public final class FastCgiLink implements Link, Link.Events {
  private static final int MOST_TARGET_BYTES = 1 << 20;
  private static final int MOST_FIELDS = 10_000;

  private final Link link;
  private final int headBytes;
  private final FastCgiRecords records = new FastCgiRecords();
  private Events events;
  private Map<String, String> params = Map.of();
  private @Nullable BodyReader body;
  private @Nullable FastCgiAnswer answer;
  private boolean over;

  /**
   * @param link to the application
   * @param headBytes longest head of an answer
   */
  public FastCgiLink(Link link, Events events, int headBytes) {
    this.link = link;
    this.events = events;
    this.headBytes = headBytes;
  }

  /** What the application is told beside the header fields; to be called before the request is written. */
  public void params(Map<String, String> params) {
    this.params = params;
  }

  @Override
  public void events(Events events) {
    this.events = events;
  }

  /** First the head in one piece, then the body in its framing. */
  @Override
  public void write(ByteString bytes) {
    if (over) {
      return;
    }
    BodyReader reading = body;
    if (reading == null) {
      begin(bytes);
      return;
    }
    byte[] array = bytes.toArrayUnsafe();
    reading.read(array, 0, array.length, (piece, from, to) -> {
      if (to > from) {
        link.write(FastCgiRecords.stdin(ByteString.fromArrayUnsafe(piece, from, to - from)));
      }
    });
    if (reading.done()) {
      link.write(FastCgiRecords.stdinEnd());
    }
  }

  private void begin(ByteString bytes) {
    byte[] array = bytes.toArrayUnsafe();
    RequestRead read = RequestHead.read(array, 0, array.length, MOST_TARGET_BYTES, MOST_FIELDS);
    if (!(read instanceof RequestHead head)) {
      fail("a request that can't be said in FastCGI");
      return;
    }
    BodyReader reading = BodyReader.of(head.bodyLength());
    body = reading;
    answer = new FastCgiAnswer(headBytes);
    link.write(FastCgiRecords.begin().concat(FastCgiRecords.params(paramsOf(head))));
    if (reading.done()) {
      link.write(FastCgiRecords.stdinEnd());
    }
  }

  private ByteString paramsOf(RequestHead head) {
    FastCgiParams all = new FastCgiParams();
    Fields fields = head.fields();
    String type = fields.first(Field.CONTENT_TYPE);
    all.add("CONTENT_TYPE", type == null ? "" : type);
    all.add("CONTENT_LENGTH", head.bodyLength() > 0 ? Long.toString(head.bodyLength()) : "");
    for (int i = 0; i < fields.count(); i++) {
      String name = "HTTP_" + fields.name(i).toUpperCase(Locale.ROOT).replace('-', '_');
      if (fields.known(i) != Field.CONTENT_LENGTH
          && fields.known(i) != Field.CONTENT_TYPE
          && fields.known(i) != Field.TRANSFER_ENCODING
          && !params.containsKey(name)) {
        all.add(name, fields.value(i));
      }
    }
    params.forEach(all::add);
    return all.bytes();
  }

  @Override
  public void received(ByteString bytes) {
    FastCgiAnswer reading = answer;
    if (over || reading == null) {
      return;
    }
    records.append(bytes);
    for (FastCgiRecords.Part one = records.next(); one != null && !over; one = records.next()) {
      take(one, reading);
    }
  }

  private void take(FastCgiRecords.Part one, FastCgiAnswer reading) {
    switch (one.type()) {
      case FastCgiRecords.STDOUT -> {
        ByteString piece = reading.after(one.content());
        if (reading.broken()) {
          fail("an answer that can't be read");
        } else if (!piece.isEmpty()) {
          events.received(piece);
        }
      }
      case FastCgiRecords.END_REQUEST -> {
        boolean complete = FastCgiRecords.isComplete(one.content()) && reading.begun();
        ByteString last = complete ? reading.end() : ByteString.emptyByteString();
        over = true;
        if (!last.isEmpty()) {
          events.received(last);
        }
        if (complete) {
          events.finished();
        } else {
          events.broken("the application gave no whole answer");
        }
      }
      default -> {
        // STDERR, and what is not asked for
      }
    }
  }

  private void fail(String why) {
    over = true;
    link.abort();
    events.broken(why);
  }

  @Override
  public void drained() {
    events.drained();
  }

  /** An application that closes before it has said that its answer is whole has not given one. */
  @Override
  public void finished() {
    broken("the application closed the connection");
  }

  @Override
  public void broken(String why) {
    if (!over) {
      over = true;
      events.broken(why);
    }
  }

  @Override
  public boolean reached() {
    return link.reached();
  }

  @Override
  public int unsent() {
    return link.unsent();
  }

  @Override
  public void pause() {
    link.pause();
  }

  @Override
  public void resume() {
    link.resume();
  }

  @Override
  public void finish(boolean lingering) {
    link.finish(lingering);
  }

  @Override
  public void abort() {
    over = true;
    link.abort();
  }

  /** Bytes as chars, one each, as header fields have them; others as UTF-8. */
  static byte[] bytes(String text) {
    return text.chars().allMatch(c -> c < 256)
        ? text.getBytes(StandardCharsets.ISO_8859_1)
        : text.getBytes(StandardCharsets.UTF_8);
  }
}
