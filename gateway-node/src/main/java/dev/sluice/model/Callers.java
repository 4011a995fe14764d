package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.model.anthropic.CountTokens;
import dev.sluice.model.anthropic.Messages;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.gemini.GenerateContent;
import dev.sluice.model.ollama.OllamaCall;
import dev.sluice.model.ollama.OllamaEmbed;
import dev.sluice.model.openai.ChatCompletions;
import dev.sluice.model.openai.Completions;
import dev.sluice.model.openai.FormCall;
import dev.sluice.model.openai.PlainCall;
import dev.sluice.model.openai.Responses;
import dev.sluice.proxy.Dialect;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The dialects that callers speak, by what they call. */
final class Callers {
  private static final Map<Action.Call, CallerDialect> DIALECTS = new EnumMap<>(Map.ofEntries(
      Map.entry(Action.Call.CHAT_COMPLETIONS, new ChatCompletions()),
      Map.entry(Action.Call.COMPLETIONS, new Completions()),
      Map.entry(Action.Call.RESPONSES, new Responses()),
      Map.entry(Action.Call.EMBEDDINGS, PlainCall.EMBEDDINGS),
      Map.entry(Action.Call.IMAGES, PlainCall.IMAGES),
      Map.entry(Action.Call.IMAGE_EDITS, FormCall.IMAGE_EDITS),
      Map.entry(Action.Call.IMAGE_VARIATIONS, FormCall.IMAGE_VARIATIONS),
      Map.entry(Action.Call.SPEECH, PlainCall.SPEECH),
      Map.entry(Action.Call.TRANSCRIPTIONS, FormCall.TRANSCRIPTIONS),
      Map.entry(Action.Call.TRANSLATIONS, FormCall.TRANSLATIONS),
      Map.entry(Action.Call.MODERATIONS, PlainCall.MODERATIONS),
      Map.entry(Action.Call.RERANK, PlainCall.RERANK),
      Map.entry(Action.Call.RERANK_V2, PlainCall.RERANK),
      Map.entry(Action.Call.MESSAGES, new Messages()),
      Map.entry(Action.Call.COUNT_TOKENS, new CountTokens()),
      Map.entry(Action.Call.GEMINI, new GenerateContent()),
      Map.entry(Action.Call.GEMINI_V1, new GenerateContent()),
      Map.entry(Action.Call.OLLAMA_CHAT, OllamaCall.chat(System::nanoTime)),
      Map.entry(Action.Call.OLLAMA_GENERATE, OllamaCall.generate(System::nanoTime)),
      Map.entry(Action.Call.OLLAMA_EMBED, OllamaEmbed.EMBED),
      Map.entry(Action.Call.OLLAMA_EMBEDDINGS, OllamaEmbed.EMBEDDINGS)));

  private Callers() {}

  /** Null for calls that are no questions, and for those that are not served. */
  static @Nullable CallerDialect dialect(Action.Call call) {
    return DIALECTS.get(call);
  }

  static boolean serves(Action.Call call) {
    return DIALECTS.containsKey(call)
        || call == Action.Call.QUOTA
        || ModelList.serves(call, call.method());
  }

  /** In whose words the caller expects to be refused. */
  static Dialect words(Action.Call call) {
    return switch (call) {
      case MESSAGES, COUNT_TOKENS, MESSAGE_BATCHES -> Dialect.ANTHROPIC;
      case GEMINI, GEMINI_V1 -> Dialect.GEMINI;
      case OLLAMA_CHAT,
          OLLAMA_GENERATE,
          OLLAMA_TAGS,
          OLLAMA_VERSION,
          OLLAMA_SHOW,
          OLLAMA_EMBED,
          OLLAMA_EMBEDDINGS -> Dialect.OLLAMA;
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
