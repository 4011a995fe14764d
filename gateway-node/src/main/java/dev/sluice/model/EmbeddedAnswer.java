package dev.sluice.model;

import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.count.TokenCount;
import dev.sluice.model.embed.Vectors;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Embeddings that a provider answers in its dialect, and that its caller gets in another one. They come whole. */
final class EmbeddedAnswer implements TranslatedAnswer {
  private static final byte[] NOTHING = {};
  private static final int STATUS = 502;

  private final Embedder embedder;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private @Nullable TokenUsage usage;
  private @Nullable ProviderError failure;
  private boolean whole;

  EmbeddedAnswer(Embedder embedder) {
    this.embedder = embedder;
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  /** All of it comes at its end. */
  @Override
  public boolean begun() {
    return whole;
  }

  @Override
  public byte[] pass(byte[] bytes, int from, int to) {
    if (kept.size() + to - from > AnswerReader.MOST_KEPT_BYTES) {
      fail("it is longer than " + AnswerReader.MOST_KEPT_BYTES + " bytes");
    } else if (failure == null) {
      kept.write(bytes, from, to - from);
    }
    return NOTHING;
  }

  @Override
  public byte[] rest() {
    if (failure != null) {
      return NOTHING;
    }
    try {
      Vectors vectors = embedder.provider().vectors(embedder.asked(), kept.toByteArray());
      usage = vectors.tokens() == null ? null : TokenUsage.of(vectors.tokens(), 0);
      whole = true;
      return embedder.caller().answer(embedder.asked(), vectors);
    } catch (UnsayableException e) {
      fail(e.why());
      return NOTHING;
    }
  }

  private void fail(String why) {
    kept.reset();
    failure = new ProviderError(
        STATUS, ProviderError.Kind.FAILED, "the provider's answer can't be read: " + why);
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
  public TokenUsage counted(String model) {
    long tokens = 0;
    for (String input : embedder.asked().inputs()) {
      tokens += TokenCount.of(model, input).tokens();
    }
    return TokenUsage.of(tokens, 0);
  }

  @Override
  public @Nullable ProviderError failure() {
    return failure;
  }

  @Override
  public byte[] fail(ProviderError why) {
    failure = why;
    return NOTHING;
  }
}
