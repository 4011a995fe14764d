package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.anthropic.Errors;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.ProviderError;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads an answer that comes as frames. */
abstract class FrameReader implements AnswerReader {
  private final EventFrames frames = new EventFrames(MOST_KEPT_BYTES);

  /**
   * Takes an event.
   *
   * @param type as its frame names it
   */
  abstract void event(String type, byte[] payload, Consumer<AnswerEvent> out);

  abstract boolean failed();

  abstract void fail(ProviderError error, Consumer<AnswerEvent> out);

  /** Whether the answer has come to its own end. */
  abstract boolean over();

  /** A JSON object; null if it is none, which fails the answer. */
  final @Nullable JsonNode object(@Nullable JsonNode event, Consumer<AnswerEvent> out) {
    if (event != null && event.isObject()) {
      return event;
    }
    fail(Errors.unreadable("an event is no JSON object"), out);
    return null;
  }

  @Override
  public final void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    if (failed()) {
      return;
    }
    frames.read(bytes, from, to, (fields, payload) -> frame(fields, payload, out));
    String failure = frames.failure();
    if (failure != null && !failed()) {
      fail(Errors.unreadable(failure), out);
    }
  }

  private void frame(Map<String, String> fields, byte[] payload, Consumer<AnswerEvent> out) {
    if (failed()) {
      return;
    }
    if (!"event".equals(fields.get(":message-type"))) {
      fail(BedrockErrors.inStream(fields, payload), out);
    } else {
      event(fields.getOrDefault(":event-type", ""), payload, out);
    }
  }

  @Override
  public final boolean end(Consumer<AnswerEvent> out) {
    return over() && frames.atEnd();
  }
}
