package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.embed.EmbeddingDialect;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** How the API of one provider is called. */
interface ProviderApi {
  /**
   * A request as it is about to be sent, for those who sign.
   *
   * @param authority as its field Host says it
   * @param target path with query, as it is sent
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Sent(String authority, String target, String contentType, byte[] body) {}

  /** The request, where the provider has this very call; null where it must be said in its own dialect. */
  @Nullable
  Outgoing natively(Action.Call call, Question question, Terms terms);

  /** What conversations with a model are said in. */
  ProviderDialect conversations(String model);

  /** What embeddings are asked for in; null if it has none. */
  default @Nullable EmbeddingDialect embeddings(String model) {
    return null;
  }

  /**
   * What an answer is in that may come without its usage, for counting it here; null where the provider always tells it.
   */
  default @Nullable ProviderDialect untold(Action.Call call, String model) {
    return null;
  }

  /** What the errors of calls that it has itself must be translated from; null where callers of them understand them. */
  default @Nullable ProviderDialect errors(Action.Call call, String model) {
    return null;
  }

  /** Whether it is asked to tell the usage of an answer that comes as it is made; others tell it unasked, or never. */
  default boolean asksUsage() {
    return true;
  }

  /** Where a path of the dialect's stands behind the base URL. */
  default String path(String path, String model) {
    return path;
  }

  /**
   * What proves who calls: the credential itself, or a token that is got for it. Fails with the reason where none can be
   * had. Blocks nobody.
   *
   * @param credential never empty
   */
  default CompletionStage<String> proof(String credential) {
    return CompletableFuture.completedStage(credential);
  }

  /** The header fields that say the proof. */
  Map<String, String> fields(String proof, Sent request);

  /**
   * What makes an answer that passes the caller's own: it takes each piece of it. Null where it comes so.
   *
   * @param contentType of the answer
   */
  default @Nullable UnaryOperator<byte[]> unwrapped(String contentType) {
    return null;
  }
}
