package dev.sluice.model.chat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Takes a stream of server-sent events apart, in pieces of any size. Lines end in LF, CRLF or CR; comments and fields other than
 * {@code event} and {@code data} are passed over; an event without data is none.
 */
public final class SseEvents {
  /** Takes an event. */
  public interface Sink {
    /**
     * @param name empty if it has none
     * @param data its lines, joined by LF
     */
    void event(String name, String data);
  }

  private static final String DATA = "data";
  private static final String EVENT = "event";

  private final int mostBytes;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private String name = "";
  private boolean anyData;
  private boolean afterCr;
  private boolean tooLong;

  /** @param mostBytes of one event */
  public SseEvents(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Whether an event was longer than it may be: nothing is told any more. */
  public boolean tooLong() {
    return tooLong;
  }

  public void read(byte[] bytes, int from, int to, Sink sink) {
    int start = from;
    for (int i = from; i < to && !tooLong; i++) {
      byte b = bytes[i];
      if (b == '\n' && afterCr) {
        start = i + 1;
        afterCr = false;
      } else if (b == '\n' || b == '\r') {
        line.write(bytes, start, i - start);
        start = i + 1;
        afterCr = b == '\r';
        lineEnd(sink);
      } else {
        afterCr = false;
      }
    }
    if (!tooLong && start < to) {
      line.write(bytes, start, to - start);
      tooLong = line.size() > mostBytes;
    }
  }

  private void lineEnd(Sink sink) {
    if (line.size() == 0) {
      if (anyData) {
        sink.event(name, data.toString());
      }
      name = "";
      data.setLength(0);
      anyData = false;
      return;
    }
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    int colon = text.indexOf(':');
    String field = colon < 0 ? text : text.substring(0, colon);
    int value = colon < 0 ? text.length() : colon + 1;
    value += value < text.length() && text.charAt(value) == ' ' ? 1 : 0;
    if (field.equals(DATA)) {
      data.append(anyData ? "\n" : "").append(text, value, text.length());
      anyData = true;
      tooLong = data.length() > mostBytes;
    } else if (field.equals(EVENT)) {
      name = text.substring(value);
    }
  }
}
