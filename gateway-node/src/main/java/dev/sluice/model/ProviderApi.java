package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the API of one kind of provider is called. */
interface ProviderApi {
  /** The request, where the provider has this very call; null where it must be said in its own dialect. */
  @Nullable
  Outgoing natively(Action.Call call, Question question, Terms terms);

  /** What conversations are said in. */
  ProviderDialect conversations();

  /**
   * The header fields that prove who calls.
   *
   * @param key never empty
   */
  Map<String, String> credential(String key);
}
