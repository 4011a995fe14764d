package dev.sluice.model;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** An answer in a conversation, that a provider gives in its dialect, and that its caller gets in another one. */
final class InterpretedAnswer implements TranslatedAnswer {
  private final AnswerReader reader;
  private final AnswerWriter writer;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private @Nullable TokenUsage usage;
  private @Nullable ProviderError failure;
  private boolean begun;
  private boolean whole;

  InterpretedAnswer(AnswerReader reader, AnswerWriter writer) {
    this.reader = reader;
    this.writer = writer;
  }

  @Override
  public String contentType() {
    return writer.contentType();
  }

  @Override
  public byte[] pass(byte[] bytes, int from, int to) {
    reader.read(bytes, from, to, this::said);
    return taken();
  }

  @Override
  public byte[] rest() {
    whole = reader.end(this::said) && failure == null;
    if (whole) {
      writer.end(out);
    }
    return taken();
  }

  @Override
  public boolean whole() {
    return whole;
  }

  @Override
  public @Nullable TokenUsage usage() {
    return usage;
  }

  @Override
  public @Nullable ProviderError failure() {
    return failure;
  }

  @Override
  public byte[] fail(ProviderError why) {
    said(new AnswerEvent.Failed(why));
    return taken();
  }

  private void said(AnswerEvent event) {
    if (failure != null) {
      return;
    }
    if (event instanceof AnswerEvent.Used used) {
      usage = used.usage();
    } else if (event instanceof AnswerEvent.Failed failed) {
      failure = failed.error();
    }
    begun |= !(event instanceof AnswerEvent.Began
        || event instanceof AnswerEvent.Used
        || event instanceof AnswerEvent.Failed);
    writer.write(event, out);
  }

  @Override
  public boolean begun() {
    return begun;
  }

  private byte[] taken() {
    byte[] bytes = out.toByteArray();
    out.reset();
    return bytes;
  }
}
