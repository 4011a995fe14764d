package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Credentials;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads errors of Google's APIs: an object, or a list of one. */
final class GeminiErrors {
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(?:\\.\\d{1,9})?s");

  private GeminiErrors() {}

  static ProviderError read(int status, byte[] body) {
    JsonNode document = Json.tree(body);
    JsonNode whole = document != null && document.isArray() ? document.path(0) : document;
    if (whole == null || !whole.path("error").isObject()) {
      String text = new String(body, StandardCharsets.UTF_8).strip();
      String told = text.isEmpty() ? "the provider answered " + status : text;
      return new ProviderError(status, ProviderError.kindOf(status), Credentials.masked(told));
    }
    return of(status, whole);
  }

  /** @param document with a field {@code error} */
  static ProviderError of(int status, JsonNode document) {
    JsonNode error = document.path("error");
    String message = error.path("message").asText("");
    int code = status >= 400 && status < 600 ? status : 500;
    return new ProviderError(
        code,
        kind(code, error, message.toLowerCase(Locale.ROOT)),
        Credentials.masked(message.isEmpty() ? "the provider answered " + code : message),
        retryDelay(error));
  }

  private static ProviderError.Kind kind(int status, JsonNode error, String message) {
    for (JsonNode detail : error.path("details")) {
      String reason = detail.path("reason").asText("");
      if (reason.startsWith("API_KEY_")) {
        return ProviderError.Kind.CREDENTIAL;
      }
      if (reason.startsWith("BILLING_")) {
        return ProviderError.Kind.OUT_OF_BUDGET;
      }
    }
    return switch (error.path("status").asText("")) {
      case "INVALID_ARGUMENT", "OUT_OF_RANGE" -> invalid(message);
      case "FAILED_PRECONDITION" ->
        message.contains("billing")
            ? ProviderError.Kind.OUT_OF_BUDGET
            : ProviderError.Kind.INVALID_REQUEST;
      case "RESOURCE_EXHAUSTED" ->
        message.contains("credits are depleted") || message.contains("spending cap")
            ? ProviderError.Kind.OUT_OF_BUDGET
            : ProviderError.Kind.RATE_LIMITED;
      case "UNAUTHENTICATED", "PERMISSION_DENIED" -> ProviderError.Kind.CREDENTIAL;
      case "NOT_FOUND" -> ProviderError.Kind.NOT_FOUND;
      case "UNAVAILABLE" -> ProviderError.Kind.OVERLOADED;
      case "DEADLINE_EXCEEDED" -> ProviderError.Kind.TIMEOUT;
      case "INTERNAL", "UNKNOWN" -> ProviderError.Kind.FAILED;
      default -> ProviderError.kindOf(status);
    };
  }

  private static ProviderError.Kind invalid(String message) {
    boolean tooLong = message.contains("token count")
        && (message.contains("exceeds the maximum") || message.contains("exceeds the limit"));
    if (tooLong) {
      return ProviderError.Kind.CONTEXT_TOO_LONG;
    }
    return message.contains("api key not valid")
        ? ProviderError.Kind.CREDENTIAL
        : ProviderError.Kind.INVALID_REQUEST;
  }

  private static @Nullable Duration retryDelay(JsonNode error) {
    for (JsonNode detail : error.path("details")) {
      String delay = detail.path("retryDelay").asText("");
      if (SECONDS.matcher(delay).matches()) {
        BigDecimal seconds = new BigDecimal(delay.substring(0, delay.length() - 1));
        return Duration.ofMillis(seconds.movePointRight(3).longValue());
      }
    }
    return null;
  }
}
