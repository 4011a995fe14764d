package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream of chat completion chunks as it passes, in pieces of any size, event by event: notes the usage, and
 * takes it out again where the caller did not ask for it. Whole events go on at once; of a split one the beginning waits
 * for its end, up to a bound, above which the stream passes unread.
 */
final class SseUsage implements AnswerTap {
  private static final int LONGEST_EVENT_BYTES = 1 << 20;
  private static final byte[] USAGE = "\"usage\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NOTHING = {};

  private final boolean hideUsage;
  private byte[] partial = NOTHING;
  private boolean unread;
  private boolean done;
  private boolean ended;
  private @Nullable TokenUsage usage;

  /** @param hideUsage whether the caller did not ask for usage, and shall see none */
  SseUsage(boolean hideUsage) {
    this.hideUsage = hideUsage;
  }

  @Override
  public @Nullable TokenUsage usage() {
    return usage;
  }

  /** Whether the stream has said that it is over: in so many words, or by the usage of an answer that is at its end. */
  @Override
  public boolean whole() {
    return done || ended;
  }

  @Override
  public byte[] pass(byte[] bytes, int from, int to) {
    byte[] all =
        partial.length == 0 ? Arrays.copyOfRange(bytes, from, to) : joined(bytes, from, to);
    partial = NOTHING;
    if (unread) {
      return all;
    }
    ByteArrayOutputStream out = null;
    int start = 0;
    int kept = 0;
    for (int end = eventEnd(all, start); end >= 0; end = eventEnd(all, start)) {
      byte[] edited = event(all, start, end);
      if (edited != null) {
        out = out == null ? new ByteArrayOutputStream(all.length) : out;
        out.write(all, kept, start - kept);
        out.writeBytes(edited);
        kept = end;
      }
      start = end;
    }
    if (all.length - start > LONGEST_EVENT_BYTES) {
      unread = true;
      start = all.length;
    }
    partial = start == all.length ? NOTHING : Arrays.copyOfRange(all, start, all.length);
    if (out == null) {
      return start == all.length ? all : Arrays.copyOf(all, start);
    }
    out.write(all, kept, start - kept);
    return out.toByteArray();
  }

  /** What is left when the stream has ended in the middle of an event. */
  @Override
  public byte[] rest() {
    byte[] rest = partial;
    partial = NOTHING;
    return rest;
  }

  private byte[] joined(byte[] bytes, int from, int to) {
    byte[] all = Arrays.copyOf(partial, partial.length + to - from);
    System.arraycopy(bytes, from, all, partial.length, to - from);
    return all;
  }

  /** Index behind the empty line that ends the event, or -1. */
  private static int eventEnd(byte[] all, int from) {
    for (int i = from; i < all.length; i++) {
      if (all[i] == '\n' && i > from) {
        boolean lf = all[i - 1] == '\n';
        boolean crlf = all[i - 1] == '\r' && i - 2 >= from && all[i - 2] == '\n';
        if (lf || crlf) {
          return i + 1;
        }
      }
    }
    return -1;
  }

  /** Reads one event; null if it goes on as it is, else what goes on in its place. */
  private byte @Nullable [] event(byte[] all, int from, int to) {
    int key = indexOf(all, from, to, USAGE);
    if (key < 0) {
      done |= indexOf(all, from, to, DONE) >= 0;
      return null;
    }
    int data = indexOf(all, from, to, DATA);
    int value = skip(all, skip(all, key + USAGE.length, to, ':'), to, ' ');
    if (data < 0 || data > key || value >= to) {
      return null;
    }
    if (all[value] != 'n') {
      JsonNode chunk = Json.tree(all, data + DATA.length, to);
      TokenUsage reported = Usage.of(chunk);
      if (chunk != null && reported != null) {
        usage = reported;
        ended = isLast(chunk);
      }
      if (hideUsage
          && reported != null
          && chunk != null
          && chunk.path("choices").isEmpty()) {
        return NOTHING;
      }
    }
    return hideUsage ? without(all, from, to, key, value) : null;
  }

  /** Some tell what was used so far with each chunk. */
  private static boolean isLast(JsonNode chunk) {
    for (JsonNode choice : chunk.path("choices")) {
      if (!choice.path("finish_reason").isTextual()) {
        return false;
      }
    }
    return true;
  }

  /** The event without one field, whose key and value begin at these places. */
  private static byte @Nullable [] without(byte[] all, int from, int to, int key, int value) {
    int end = Json.valueEnd(all, value, to);
    if (end < 0) {
      return null;
    }
    int start = key;
    while (start > from && all[start - 1] == ' ') {
      start--;
    }
    if (start > from && all[start - 1] == ',') {
      start--;
    } else if (all[end] == ',') {
      end++;
    }
    byte[] edited = new byte[to - from - (end - start)];
    System.arraycopy(all, from, edited, 0, start - from);
    System.arraycopy(all, end, edited, start - from, to - end);
    return edited;
  }

  private static int skip(byte[] all, int from, int to, char wanted) {
    int i = from;
    while (i < to && (all[i] == wanted || all[i] == ' ')) {
      i++;
    }
    return i;
  }

  private static int indexOf(byte[] all, int from, int to, byte[] wanted) {
    for (int i = from; i <= to - wanted.length; i++) {
      if (all[i] == wanted[0]
          && Arrays.equals(all, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }
}
