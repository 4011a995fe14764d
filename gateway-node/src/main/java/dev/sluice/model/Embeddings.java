package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.embed.Embedding;
import dev.sluice.model.embed.EmbeddingDialect;
import dev.sluice.model.embed.GeminiEmbeddings;
import dev.sluice.model.embed.OllamaEmbeddings;
import dev.sluice.model.embed.OpenAiEmbeddings;
import org.jspecify.annotations.Nullable;

/** Callers' requests for embeddings, to be asked for in another dialect. */
final class Embeddings {
  private static final EmbeddingDialect OPENAI = new OpenAiEmbeddings();
  private static final EmbeddingDialect GEMINI = new GeminiEmbeddings();
  private static final EmbeddingDialect OLLAMA = new OllamaEmbeddings();

  private Embeddings() {}

  /**
   * How a request is translated; null if it is none for embeddings.
   *
   * @throws UnsayableException that names the first field that is wrong
   */
  static @Nullable Embedder of(Action.Call call, Question question, EmbeddingDialect provider)
      throws UnsayableException {
    Terms own = new Terms(question.envelope().model(), 0, "");
    return switch (call) {
      case EMBEDDINGS -> embedder(OPENAI, call.path(), question, own, provider);
      case OLLAMA_EMBED, OLLAMA_EMBEDDINGS ->
        embedder(OLLAMA, call.path(), question, own, provider);
      case GEMINI, GEMINI_V1 -> {
        String path = question.pathFor(own);
        boolean embeds = path.endsWith(":embedContent") || path.endsWith(":batchEmbedContents");
        yield embeds ? embedder(GEMINI, path, question, own, provider) : null;
      }
      default -> null;
    };
  }

  private static Embedder embedder(
      EmbeddingDialect caller, String path, Question question, Terms own, EmbeddingDialect provider)
      throws UnsayableException {
    Embedding asked = caller.read(path, question.bodyFor(own));
    return new Embedder(caller, asked, provider);
  }
}
