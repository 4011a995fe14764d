package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerWriter;
import java.io.ByteArrayOutputStream;

/**
 * Of a stream that is never translated, and that its provider cut: says that it went wrong, as clients read it in any stream of
 * this API.
 */
final class CutStream implements AnswerWriter {
  @Override
  public String contentType() {
    return "text/event-stream";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream out) {
    if (event instanceof AnswerEvent.Failed failed) {
      Chunks.event(out, "event: error\ndata: " + Errors.json(failed.error()).put("type", "error"));
    }
  }

  @Override
  public void end(ByteArrayOutputStream out) {}
}
