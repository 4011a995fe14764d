package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Credentials;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.ProviderError.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Errors in Anthropic's words. */
final class AnthropicErrors {
  private AnthropicErrors() {}

  static ProviderError read(int status, byte[] body) {
    JsonNode document = Json.tree(body);
    JsonNode error = document == null ? null : document.path("error");
    if (error == null || !error.isObject()) {
      String text = new String(body, StandardCharsets.UTF_8).strip();
      String told = text.isEmpty() ? "the provider answered " + status : text;
      return new ProviderError(status, ProviderError.kindOf(status), Credentials.masked(told));
    }
    return of(status, error);
  }

  /** @param status 0 where it came in the middle of a stream */
  static ProviderError of(int status, JsonNode error) {
    String type = error.path("type").asText("");
    String message = error.path("message").asText("");
    Kind kind = kind(type, message.toLowerCase(Locale.ROOT), status);
    int known = status == 0 ? statusOf(type) : status;
    return new ProviderError(
        known,
        kind,
        Credentials.masked(message.isEmpty() ? "the provider answered " + known : message));
  }

  private static Kind kind(String type, String message, int status) {
    return switch (type) {
      case "invalid_request_error" ->
        message.contains("prompt is too long") || message.contains("exceed context limit")
            ? Kind.CONTEXT_TOO_LONG
            : message.contains("credit balance") ? Kind.OUT_OF_BUDGET : Kind.INVALID_REQUEST;
      case "request_too_large" -> Kind.CONTEXT_TOO_LONG;
      case "authentication_error", "permission_error" -> Kind.CREDENTIAL;
      case "billing_error" -> Kind.OUT_OF_BUDGET;
      case "not_found_error" -> Kind.NOT_FOUND;
      case "rate_limit_error" -> Kind.RATE_LIMITED;
      case "overloaded_error" -> Kind.OVERLOADED;
      case "timeout_error" -> Kind.TIMEOUT;
      case "api_error" -> Kind.FAILED;
      default -> status == 0 ? Kind.FAILED : ProviderError.kindOf(status);
    };
  }

  private static int statusOf(String type) {
    return switch (type) {
      case "invalid_request_error" -> 400;
      case "authentication_error" -> 401;
      case "billing_error" -> 402;
      case "permission_error" -> 403;
      case "not_found_error" -> 404;
      case "request_too_large" -> 413;
      case "rate_limit_error" -> 429;
      case "timeout_error" -> 504;
      case "overloaded_error" -> 529;
      default -> 500;
    };
  }

  static ObjectNode event(ProviderError error) {
    ObjectNode event = Json.MAPPER.createObjectNode().put("type", "error");
    event.putObject("error").put("type", type(error.kind())).put("message", error.message());
    return event;
  }

  private static String type(Kind kind) {
    return switch (kind) {
      case INVALID_REQUEST, CONTEXT_TOO_LONG, FILTERED -> "invalid_request_error";
      case NOT_FOUND -> "not_found_error";
      case RATE_LIMITED -> "rate_limit_error";
      case OUT_OF_BUDGET -> "billing_error";
      case OVERLOADED -> "overloaded_error";
      case TIMEOUT -> "timeout_error";
      case CREDENTIAL, FAILED -> "api_error";
    };
  }
}
