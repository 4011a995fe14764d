package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.UnsayableException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fields beside OpenAI's that servers of its dialect read, as far as they decide what an answer may come to. Whoever doesn't know
 * one ignores it, so they are minded whatever the provider is.
 */
final class VendorFields {
  /** Some servers believe these rather than the cap in OpenAI's field: llama.cpp, Ollama, TGI, KoboldCpp. */
  private static final Set<String> CAPS =
      Set.of("n_predict", "num_predict", "max_new_tokens", "max_length", "max_gen_len");

  /** Bring into the context what no bytes here bound: OpenAI, xAI, DashScope, OpenRouter. */
  private static final Set<String> UNBOUNDED = Set.of(
      "web_search_options",
      "previous_response_id",
      "conversation",
      "search_parameters",
      "enable_search",
      "plugins");

  /** OpenAI's, none of which becomes part of the prompt. */
  private static final Set<String> NO_INPUT = Set.of(
      "audio",
      "logit_bias",
      "metadata",
      "modalities",
      "prompt_cache_key",
      "prompt_cache_retention",
      "reasoning_effort",
      "safety_identifier",
      "stop",
      "user",
      "verbosity");

  private VendorFields() {}

  static boolean isCap(String field) {
    return CAPS.contains(field);
  }

  static boolean isUnbounded(String field) {
    return UNBOUNDED.contains(field);
  }

  /** The first of them that is said in a request; null if there is none. */
  static @Nullable String unbounded(Given request) throws UnsayableException {
    for (String field : UNBOUNDED) {
      Given said = request.of(field);
      if (said.said() && !(said.json().isBoolean() && !said.flag())) {
        return field;
      }
    }
    return null;
  }

  static boolean isNoInput(String field) {
    return NO_INPUT.contains(field);
  }

  /** Lowers other caps that are above this one, or stand for none. */
  static void cap(ObjectNode body, long most, Map<String, String> set) {
    for (String field : CAPS) {
      JsonNode own = body.path(field);
      boolean within = own.isIntegralNumber()
          && own.canConvertToLong()
          && own.longValue() > 0
          && own.longValue() <= most;
      if (!within && !own.isMissingNode() && !own.isNull()) {
        set.put(field, Long.toString(most));
      }
    }
  }
}
