package dev.sluice.model.gemini;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.JsonScan;
import dev.sluice.model.chat.TokenUsage;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows an answer of Gemini's: a document, a list of them, or events. Of its usages, which are running totals, the last
 * counts. It has come to its end when all candidates that were seen have said why they ended, or the prompt was blocked.
 */
final class GeminiTap implements AnswerTap, JsonScan.Sink {
  private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};
  private static final byte[] NOTHING = {};
  private static final int MOST_CANDIDATES = 128;

  private final boolean stream;
  private final boolean sse;
  private final JsonScan scan = new JsonScan(this);
  private final Set<Integer> seen = new HashSet<>();
  private final Set<Integer> ended = new HashSet<>();
  private boolean blocked;
  private boolean failed;
  private @Nullable TokenUsage usage;
  private Usage reading = new Usage();
  private int candidate;
  private boolean candidateEnded;
  /** Bytes of the line so far that are {@code data:}; -1 if the line is another one. */
  private int matched;

  GeminiTap(boolean stream, boolean sse) {
    this.stream = stream;
    this.sse = sse;
  }

  @Override
  public byte[] pass(byte[] bytes, int from, int to) {
    if (sse) {
      events(bytes, from, to);
    } else {
      scan.read(bytes, from, to);
    }
    return from == 0 && to == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, to);
  }

  /** Gives the scan what stands behind {@code data:}. */
  private void events(byte[] bytes, int from, int to) {
    int start = from;
    for (int i = from; i < to; i++) {
      boolean lineEnds = bytes[i] == '\n' || bytes[i] == '\r';
      if (lineEnds) {
        if (matched == DATA.length) {
          scan.read(bytes, start, i);
        }
        matched = 0;
      } else if (matched >= 0 && matched < DATA.length) {
        matched = bytes[i] == DATA[matched] ? matched + 1 : -1;
        start = i + 1;
      }
    }
    if (matched == DATA.length && start < to) {
      scan.read(bytes, start, to);
    }
  }

  @Override
  public byte[] rest() {
    return NOTHING;
  }

  /** A document has a length of its own: that it is cut, its connection tells. */
  @Override
  public boolean whole() {
    boolean over = blocked || !ended.isEmpty() && ended.containsAll(seen);
    return !stream || over && !failed && (sse || scan.atEnd());
  }

  @Override
  public @Nullable TokenUsage usage() {
    return usage;
  }

  @Override
  public void begins(String path) {
    if (path.equals("usageMetadata")) {
      reading = new Usage();
    } else if (path.equals("candidates")) {
      candidate = 0;
      candidateEnded = false;
    } else if (path.equals("error")) {
      failed = true;
    }
  }

  @Override
  public void ends(String path) {
    if (path.equals("usageMetadata")) {
      usage = reading.counters();
    } else if (path.equals("candidates")) {
      if (seen.size() < MOST_CANDIDATES) {
        seen.add(candidate);
      }
      if (candidateEnded && seen.contains(candidate)) {
        ended.add(candidate);
      }
    }
  }

  @Override
  public void value(String object, String field, JsonParser parser) throws IOException {
    boolean number = parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
    if (object.equals("usageMetadata") && number) {
      reading.take(field, parser.getLongValue());
    } else if (object.equals("candidates") && field.equals("index") && number) {
      candidate = parser.getIntValue();
    } else if (object.equals("candidates") && field.equals("finishReason")) {
      candidateEnded |= parser.currentToken() == JsonToken.VALUE_STRING;
    } else if (object.equals("promptFeedback") && field.equals("blockReason")) {
      blocked = true;
    }
  }
}
