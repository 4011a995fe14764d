package dev.sluice.model.gemini;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes an answer that comes whole. */
final class GeminiDocumentWriter implements AnswerWriter {
  private final Candidates candidates;

  GeminiDocumentWriter(AnswerTerms terms, boolean showsThoughts) {
    this.candidates = new Candidates(terms, showsThoughts);
  }

  @Override
  public String contentType() {
    return "application/json; charset=UTF-8";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream out) {
    if (event instanceof AnswerEvent.Failed failed) {
      out.writeBytes(GeminiStatus.body(failed.error()).toString().getBytes(StandardCharsets.UTF_8));
    } else {
      candidates.take(event);
    }
  }

  @Override
  public void end(ByteArrayOutputStream out) {
    out.writeBytes(candidates.last().toString().getBytes(StandardCharsets.UTF_8));
  }
}
