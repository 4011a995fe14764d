package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.SseEvents;
import java.util.function.Consumer;

/** Reads a stream of chat completion chunks. */
final class ChatStreamReader implements AnswerReader {
  private final SseEvents events = new SseEvents(MOST_KEPT_BYTES);
  private final ChatAnswer answer;
  private boolean done;
  private boolean failed;

  /** @param ids what those of tool calls begin with where the server gives none */
  ChatStreamReader(String ids) {
    this.answer = new ChatAnswer(ids);
  }

  @Override
  public void read(byte[] bytes, int from, int to, Consumer<AnswerEvent> out) {
    if (failed || done) {
      return;
    }
    events.read(bytes, from, to, (name, data) -> event(name, data, out));
    if (events.tooLong() && !failed && !done) {
      failed = true;
      out.accept(new AnswerEvent.Failed(
          ChatAnswer.unreadable("one of its events is longer than " + MOST_KEPT_BYTES + " bytes")));
    }
  }

  private void event(String name, String data, Consumer<AnswerEvent> out) {
    if (failed || done || data.isBlank()) {
      return;
    }
    if (data.strip().equals("[DONE]")) {
      done = true;
      answer.over(out);
    } else if (name.equals("error")) {
      failed = true;
      out.accept(new AnswerEvent.Failed(Errors.inStream(data)));
    } else {
      failed = !answer.read(data, out);
    }
  }

  /** Some servers say no {@code [DONE]}: once all has ended and the usage was told, nothing is missing. */
  @Override
  public boolean end(Consumer<AnswerEvent> out) {
    return !failed && (done || answer.complete());
  }
}
