package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Follows the events of a message that pass. All go on at once and unchanged; only the few lines that tell the usage or the end
 * are read, each kept until it is there, up to a bound.
 */
final class MessagesStreamTap implements AnswerTap {
  private static final int LONGEST_LINE_BYTES = 1 << 20;
  private static final byte[] NOTHING = {};
  private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ERROR = "event: error".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MESSAGE = "\"message_".getBytes(StandardCharsets.US_ASCII);

  /** The beginning of a line whose end has not come. */
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

  private boolean tooLong;
  private boolean over;
  private @Nullable TokenUsage prompt;
  private @Nullable TokenUsage usage;

  @Override
  public byte[] pass(byte[] bytes, int from, int to) {
    int start = from;
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        lineEnd(bytes, start, i);
        start = i + 1;
      }
    }
    keep(bytes, start, to);
    return from == 0 && to == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, to);
  }

  private void keep(byte[] bytes, int from, int to) {
    tooLong |= begun.size() + to - from > LONGEST_LINE_BYTES;
    if (tooLong) {
      begun.reset();
    } else {
      begun.write(bytes, from, to - from);
    }
  }

  private void lineEnd(byte[] bytes, int from, int to) {
    if (begun.size() == 0 && !tooLong) {
      line(bytes, from, to);
      return;
    }
    keep(bytes, from, to);
    if (!tooLong) {
      byte[] whole = begun.toByteArray();
      line(whole, 0, whole.length);
    }
    begun.reset();
    tooLong = false;
  }

  private void line(byte[] bytes, int from, int to) {
    over |= begins(bytes, from, to, ERROR);
    if (!begins(bytes, from, to, DATA) || !names(bytes, from, to)) {
      return;
    }
    JsonNode event = Json.tree(bytes, from + DATA.length, to);
    if (event == null) {
      return;
    }
    switch (event.path("type").asText()) {
      case "message_start" -> prompt = Usage.after(null, event.path("message").get("usage"));
      case "message_delta" -> {
        if (event.path("usage").isObject()) {
          usage = Usage.after(usage == null ? prompt : usage, event.get("usage"));
        }
      }
      case "message_stop" -> over = true;
      default -> {}
    }
  }

  private static boolean begins(byte[] bytes, int from, int to, byte[] with) {
    return to - from >= with.length
        && Arrays.equals(bytes, from, from + with.length, with, 0, with.length);
  }

  /** Whether a line may be of an event about the message itself. */
  private static boolean names(byte[] bytes, int from, int to) {
    for (int i = from; i <= to - MESSAGE.length; i++) {
      if (bytes[i] == '"'
          && Arrays.equals(bytes, i, i + MESSAGE.length, MESSAGE, 0, MESSAGE.length)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public byte[] rest() {
    return NOTHING;
  }

  /** An error says itself that the answer is over, and how. */
  @Override
  public boolean whole() {
    return over;
  }

  /** What the beginning tells is not what it came to: null until the end has told. */
  @Override
  public @Nullable TokenUsage usage() {
    return usage;
  }
}
