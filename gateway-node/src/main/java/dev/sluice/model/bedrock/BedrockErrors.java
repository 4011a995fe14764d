package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.anthropic.Errors;
import dev.sluice.model.chat.Credentials;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.ProviderError.Kind;
import java.util.Locale;
import java.util.Map;

/** Errors of Bedrock's: of an answer, whose type stands in its head or body, and of a frame in a stream. */
public final class BedrockErrors {
  /** Of the field in an answer's head that names the type of an error. */
  public static final String TYPE_FIELD = "x-amzn-ErrorType";

  private BedrockErrors() {}

  /** @param type from the head of the answer; empty if it has none */
  public static ProviderError read(int status, String type, byte[] body) {
    JsonNode document = Json.tree(body);
    if (document == null || !document.isObject()) {
      return error(status, type, "");
    }
    String told = type.isEmpty() ? document.path("__type").asText() : type;
    return error(status, told, message(document));
  }

  /** Of a frame that is an exception or an error; the status of the answer was 200. */
  static ProviderError inStream(Map<String, String> fields, byte[] payload) {
    String code = fields.getOrDefault(":error-code", "");
    String type = fields.getOrDefault(":exception-type", code);
    JsonNode document = Json.tree(payload);
    String message = document == null ? "" : message(document);
    return error(
        status(name(type)),
        type,
        message.isEmpty() ? fields.getOrDefault(":error-message", "") : message);
  }

  /** Bedrock's own way, or that of the model that is invoked. */
  private static String message(JsonNode document) {
    JsonNode said = document.path("error").has("message") ? document.path("error") : document;
    return said.path(said.has("message") ? "message" : "Message").asText();
  }

  private static ProviderError error(int status, String type, String message) {
    String name = name(type);
    String told = message.isBlank()
        ? "the provider answered " + status + (name.isEmpty() ? "" : " (" + name + ")")
        : Credentials.masked(message);
    return new ProviderError(status, kind(status, name, message), told);
  }

  /** The bare name in {@code com.amazon.coral#ThrottlingException:http://…}, in lower case. */
  private static String name(String type) {
    String behind = type.substring(type.indexOf('#') + 1);
    int colon = behind.indexOf(':');
    return (colon < 0 ? behind : behind.substring(0, colon)).strip().toLowerCase(Locale.ROOT);
  }

  private static int status(String name) {
    return switch (name) {
      case "validationexception" -> 400;
      case "throttlingexception" -> 429;
      case "serviceunavailableexception" -> 503;
      case "modelstreamerrorexception" -> 424;
      case "modeltimeoutexception" -> 408;
      default -> 500;
    };
  }

  private static Kind kind(int status, String name, String message) {
    return switch (name) {
      case "validationexception" -> invalid(message);
      case "throttlingexception", "servicequotaexceededexception" -> Kind.RATE_LIMITED;
      case "accessdeniedexception",
          "unrecognizedclientexception",
          "expiredtokenexception",
          "invalidsignatureexception",
          "missingauthenticationtokenexception",
          "incompletesignatureexception" -> Kind.CREDENTIAL;
      case "resourcenotfoundexception" -> Kind.NOT_FOUND;
      case "modeltimeoutexception" -> Kind.TIMEOUT;
      case "modelnotreadyexception", "serviceunavailableexception" -> Kind.OVERLOADED;
      case "modelerrorexception", "modelstreamerrorexception", "internalserverexception" ->
        Kind.FAILED;
      default -> {
        Kind kind = ProviderError.kindOf(status);
        yield status == 424 ? Kind.FAILED : kind == Kind.INVALID_REQUEST ? invalid(message) : kind;
      }
    };
  }

  private static Kind invalid(String message) {
    String words = message.toLowerCase(Locale.ROOT);
    if (words.contains("too many input tokens")
        || words.contains("maximum context length")
        || words.contains("exceeds the maximum number of input tokens")) {
      return Kind.CONTEXT_TOO_LONG;
    }
    return Errors.invalid(words);
  }
}
