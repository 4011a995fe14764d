package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.anthropic.CountTokens;
import dev.sluice.model.anthropic.Messages;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.gemini.GenerateContent;
import dev.sluice.model.ollama.OllamaChat;
import dev.sluice.model.ollama.OllamaGenerate;
import dev.sluice.model.openai.ChatCompletions;
import dev.sluice.model.openai.Responses;
import dev.sluice.proxy.Dialect;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The dialects that callers speak, by what they call. */
final class Callers {
  private static final Map<Action.Call, CallerDialect> DIALECTS = new EnumMap<>(Map.of(
      Action.Call.CHAT_COMPLETIONS, new ChatCompletions(),
      Action.Call.RESPONSES, new Responses(),
      Action.Call.MESSAGES, new Messages(),
      Action.Call.COUNT_TOKENS, new CountTokens(),
      Action.Call.GEMINI, new GenerateContent(),
      Action.Call.GEMINI_V1, new GenerateContent(),
      Action.Call.OLLAMA_CHAT, new OllamaChat(System::nanoTime),
      Action.Call.OLLAMA_GENERATE, new OllamaGenerate(System::nanoTime)));

  private Callers() {}

  /** Null for calls that are no questions, and for those that are not served. */
  static @Nullable CallerDialect dialect(Action.Call call) {
    return DIALECTS.get(call);
  }

  static boolean serves(Action.Call call) {
    return DIALECTS.containsKey(call)
        || call == Action.Call.LIST_MODELS
        || call == Action.Call.QUOTA;
  }

  /** In whose words the caller expects to be refused. */
  static Dialect words(Action.Call call) {
    return switch (call) {
      case MESSAGES, COUNT_TOKENS, MESSAGE_BATCHES -> Dialect.ANTHROPIC;
      case GEMINI, GEMINI_V1 -> Dialect.GEMINI;
      case OLLAMA_CHAT, OLLAMA_GENERATE, OLLAMA_TAGS, OLLAMA_VERSION -> Dialect.OLLAMA;
      default -> Dialect.OPENAI;
    };
  }

  /** Whether it is about a conversation, which can be said in other dialects. */
  static boolean converses(Action.Call call) {
    return switch (call) {
      case CHAT_COMPLETIONS,
          COMPLETIONS,
          RESPONSES,
          MESSAGES,
          GEMINI,
          GEMINI_V1,
          OLLAMA_CHAT,
          OLLAMA_GENERATE -> true;
      default -> false;
    };
  }
}
