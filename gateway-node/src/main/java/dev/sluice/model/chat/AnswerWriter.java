package dev.sluice.model.chat;

import java.io.ByteArrayOutputStream;

/** Writes one answer in a caller's dialect, as it is made or, if it is a document, at its end. */
public interface AnswerWriter {
  /** For the head of the answer. */
  String contentType();

  /** Adds the bytes that say this, if any are due. A {@link AnswerEvent.Failed} becomes the dialect's own error event. */
  void write(AnswerEvent event, ByteArrayOutputStream out);

  /** Adds what ends the answer. Not called after a {@link AnswerEvent.Failed}. */
  void end(ByteArrayOutputStream out);
}
