package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Credentials;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.ProviderError.Kind;
import java.util.Locale;

/** Errors, as this dialect says them. */
public final class Errors {
  private static final int OVERLOADED = 529;
  private static final int UNREADABLE = 502;

  private Errors() {}

  /** Of an answer with a status of 400 or more. Vertex has errors in the words of Google's APIs too. */
  static ProviderError read(int status, byte[] body) {
    JsonNode document = Json.tree(body);
    JsonNode one = document != null && document.isArray() ? document.path(0) : document;
    JsonNode error = one == null ? null : one.path("error");
    if (error == null || !error.isObject()) {
      String text = one == null ? "" : one.path("message").asText();
      return error(status, ProviderError.kindOf(status), text);
    }
    return of(status, error);
  }

  /** Of an error event in a stream, whose status was 200. */
  static ProviderError inStream(JsonNode event) {
    JsonNode error = event.path("error");
    return of(status(error.path("type").asText()), error);
  }

  public static ProviderError unreadable(String why) {
    return new ProviderError(
        UNREADABLE, Kind.FAILED, "the provider's answer can't be read: " + why);
  }

  private static ProviderError of(int status, JsonNode error) {
    String message = error.path("message").asText();
    String code = error.path("details").path("error_code").asText();
    return error(status, kind(status, error.path("type").asText(), code, message), message);
  }

  private static ProviderError error(int status, Kind kind, String message) {
    String told =
        message.isBlank() ? "the provider answered " + status : Credentials.masked(message);
    return new ProviderError(status, kind, told);
  }

  private static int status(String type) {
    return switch (type) {
      case "invalid_request_error" -> 400;
      case "authentication_error" -> 401;
      case "billing_error" -> 402;
      case "permission_error" -> 403;
      case "not_found_error" -> 404;
      case "conflict_error" -> 409;
      case "request_too_large" -> 413;
      case "rate_limit_error" -> 429;
      case "timeout_error" -> 504;
      case "overloaded_error" -> OVERLOADED;
      default -> 500;
    };
  }

  private static Kind kind(int status, String type, String code, String message) {
    String words = message.toLowerCase(Locale.ROOT);
    if (code.contains("spend_limit") || words.contains("credit balance is too low")) {
      return Kind.OUT_OF_BUDGET;
    }
    return switch (type) {
      case "invalid_request_error" -> invalid(words);
      case "authentication_error", "permission_error" -> Kind.CREDENTIAL;
      case "billing_error" -> Kind.OUT_OF_BUDGET;
      case "not_found_error" -> Kind.NOT_FOUND;
      case "conflict_error", "request_too_large" -> Kind.INVALID_REQUEST;
      case "rate_limit_error" -> Kind.RATE_LIMITED;
      case "timeout_error" -> Kind.TIMEOUT;
      case "overloaded_error" -> Kind.OVERLOADED;
      default -> {
        Kind kind = ProviderError.kindOf(status);
        yield kind == Kind.INVALID_REQUEST ? invalid(words) : kind;
      }
    };
  }

  /** What is wrong with a request stands only in the words. */
  public static Kind invalid(String words) {
    if (words.contains("prompt is too long")
        || words.contains("exceed context limit")
        || words.contains("context window")
        || words.contains("input is too long")) {
      return Kind.CONTEXT_TOO_LONG;
    }
    return words.contains("content filtering policy") ? Kind.FILTERED : Kind.INVALID_REQUEST;
  }

  /** As callers of this dialect read it. */
  public static ObjectNode json(ProviderError error) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("type", "error");
    json.putObject("error").put("type", type(error.kind())).put("message", error.message());
    return json;
  }

  private static String type(Kind kind) {
    return switch (kind) {
      case INVALID_REQUEST, CONTEXT_TOO_LONG, FILTERED -> "invalid_request_error";
      case NOT_FOUND -> "not_found_error";
      case RATE_LIMITED, OUT_OF_BUDGET -> "rate_limit_error";
      case CREDENTIAL, FAILED -> "api_error";
      case OVERLOADED -> "overloaded_error";
      case TIMEOUT -> "timeout_error";
    };
  }
}
