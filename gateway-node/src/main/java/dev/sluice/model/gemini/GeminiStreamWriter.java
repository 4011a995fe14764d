package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes an answer as it is made: as events, or as one list that grows. */
final class GeminiStreamWriter implements AnswerWriter {
  private final Candidates candidates;
  private final boolean sse;
  private boolean begun;

  GeminiStreamWriter(AnswerTerms terms, boolean sse, boolean showsThoughts) {
    this.candidates = new Candidates(terms, showsThoughts);
    this.sse = sse;
  }

  @Override
  public String contentType() {
    return sse ? "text/event-stream" : "application/json; charset=UTF-8";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream out) {
    if (event instanceof AnswerEvent.Failed failed) {
      chunk(GeminiStatus.body(failed.error()), out);
      close(out);
      return;
    }
    candidates.take(event);
    boolean ends = event instanceof AnswerEvent.Ended || event instanceof AnswerEvent.Used;
    ObjectNode due = ends ? null : candidates.due();
    if (due != null) {
      chunk(due, out);
    }
  }

  @Override
  public void end(ByteArrayOutputStream out) {
    chunk(candidates.last(), out);
    close(out);
  }

  private void chunk(ObjectNode chunk, ByteArrayOutputStream out) {
    String json = chunk.toString();
    String text = sse ? "data: " + json + "\r\n\r\n" : (begun ? ",\r\n" : "[") + json;
    begun = true;
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private void close(ByteArrayOutputStream out) {
    if (!sse) {
      out.writeBytes("\n]".getBytes(StandardCharsets.US_ASCII));
    }
  }
}
