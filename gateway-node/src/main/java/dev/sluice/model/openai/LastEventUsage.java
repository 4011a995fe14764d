package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows a stream whose last event, known by its name, tells the usage. All passes at once, and nothing is kept: that event may
 * hold the whole answer. If several events of these names come, as one for each image, what they tell adds up.
 */
final class LastEventUsage implements AnswerTap {
  private static final byte[] NOTHING = {};
  private static final byte[] EVENT = "event:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);

  /** Enough for a field's name, and of data for the type that an event without a name begins with. */
  private static final int START_BYTES = 128;

  private final Set<String> last;
  private final Set<String> places;
  private final byte[] start = new byte[START_BYTES];
  private int started;
  private String name = "";
  private boolean afterCr;
  private boolean judged;
  private @Nullable JsonUsage reading;
  private boolean whole;
  private @Nullable TokenUsage usage;

  /**
   * @param last names of the events that end an answer
   * @param places of the usage in their data, as in {@link JsonUsage}
   */
  LastEventUsage(Set<String> last, Set<String> places) {
    this.last = last;
    this.places = places;
  }

  @Override
  public byte[] pass(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      int end = at;
      while (end < to && bytes[end] != '\n' && bytes[end] != '\r') {
        end++;
      }
      line(bytes, at, end);
      if (end < to && !(bytes[end] == '\n' && afterCr && end == at && started == 0)) {
        lineEnd();
      }
      afterCr = end < to && bytes[end] == '\r';
      at = end + 1;
    }
    return from == 0 && to == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, to);
  }

  /** Takes more of a line. */
  private void line(byte[] bytes, int from, int to) {
    if (judged) {
      if (reading != null) {
        reading.read(bytes, from, to);
      }
      return;
    }
    int taken = Math.min(to - from, START_BYTES - started);
    System.arraycopy(bytes, from, start, started, taken);
    started += taken;
    if (started == START_BYTES) {
      judge();
      line(bytes, from + taken, to);
    }
  }

  /** Decides by the beginning of a line whether the rest of it matters. */
  private void judge() {
    judged = true;
    if (begins(DATA) && isLast()) {
      reading = new JsonUsage(places);
      reading.read(start, DATA.length, started);
    }
  }

  private boolean isLast() {
    if (!name.isEmpty()) {
      return last.contains(name);
    }
    String text = new String(start, 0, started, StandardCharsets.UTF_8);
    int type = text.indexOf("\"type\"");
    int open = type < 0 ? -1 : text.indexOf('"', type + 6);
    int close = open < 0 ? -1 : text.indexOf('"', open + 1);
    return close > 0 && last.contains(text.substring(open + 1, close));
  }

  private boolean begins(byte[] field) {
    return started >= field.length && Arrays.equals(start, 0, field.length, field, 0, field.length);
  }

  private void lineEnd() {
    if (!judged && started > 0) {
      if (begins(EVENT)) {
        name =
            new String(start, EVENT.length, started - EVENT.length, StandardCharsets.UTF_8).strip();
      }
      judge();
    }
    boolean empty = !judged;
    JsonUsage read = reading;
    if (read != null) {
      whole = true;
      add(read.usage());
    }
    reading = null;
    judged = false;
    started = 0;
    name = empty ? "" : name;
  }

  private void add(@Nullable TokenUsage more) {
    TokenUsage before = usage;
    if (before == null || more == null) {
      usage = more == null ? before : more;
      return;
    }
    usage = new TokenUsage(
        before.freshInput() + more.freshInput(),
        before.cacheRead() + more.cacheRead(),
        before.cacheWrite() + more.cacheWrite(),
        before.spoken() + more.spoken(),
        before.reasoning() + more.reasoning());
  }

  @Override
  public byte[] rest() {
    return NOTHING;
  }

  @Override
  public boolean whole() {
    return whole;
  }

  @Override
  public @Nullable TokenUsage usage() {
    return usage;
  }
}
