package dev.sluice.model.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Credentials;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads errors of Ollama's: {@code {"error": "…"}}, as a body or as a line. */
final class OllamaErrors {
  private OllamaErrors() {}

  static ProviderError read(int status, byte[] body) {
    JsonNode document = Json.tree(body);
    if (document != null && document.path("error").isTextual()) {
      return of(status, document);
    }
    String text = new String(body, StandardCharsets.UTF_8).strip();
    String told = text.isEmpty() ? "the provider answered " + status : text;
    return new ProviderError(status, ProviderError.kindOf(status), Credentials.masked(told));
  }

  static ProviderError of(int status, JsonNode document) {
    String message = document.path("error").asText();
    String lower = message.toLowerCase(Locale.ROOT);
    ProviderError.Kind kind = ProviderError.kindOf(status);
    if (lower.contains("server busy") || lower.contains("maximum pending requests")) {
      kind = ProviderError.Kind.OVERLOADED;
    } else if (lower.contains("context length")
        || lower.contains("exceeds the available context")
        || lower.contains("prompt too long")) {
      kind = ProviderError.Kind.CONTEXT_TOO_LONG;
    } else if (lower.contains("not found") && lower.contains("model")) {
      kind = ProviderError.Kind.NOT_FOUND;
    }
    int code = status >= 400 && status < 600 ? status : 500;
    return new ProviderError(code, kind, Credentials.masked(message));
  }
}
