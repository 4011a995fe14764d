package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Credentials;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.ProviderError.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Errors in OpenAI's words: {@code {"error":{"message","type","param","code"}}}, and as other servers have them. */
final class Errors {
  private Errors() {}

  /** Reads the body of an answer with a status of 400 or more. */
  static ProviderError read(int status, byte[] body) {
    JsonNode tree = Json.tree(body);
    if (tree == null || !tree.isContainerNode()) {
      String text = new String(body, StandardCharsets.UTF_8).strip();
      boolean readable = !text.isEmpty() && !text.startsWith("<");
      return error(status, "", readable ? text : "the provider answered " + status);
    }
    return of(status, tree.isArray() ? tree.path(0) : tree);
  }

  /** Reads what an event says that is an error. */
  static ProviderError inStream(String data) {
    JsonNode tree = Json.tree(data.getBytes(StandardCharsets.UTF_8));
    return tree == null || !tree.isObject() ? error(0, "", data) : of(0, tree);
  }

  /**
   * Reads an object with an error, or that is one.
   *
   * @param status of the answer; of one in a stream, 0: then its code may tell
   */
  static ProviderError of(int status, JsonNode object) {
    JsonNode error = object.path("error").isMissingNode() ? object : object.path("error");
    String words = (word(error, "code") + " " + word(error, "type") + " "
            + word(error.path("innererror"), "code"))
        .toLowerCase(Locale.ROOT);
    int known = status != 0 ? status : status(error);
    return error(known, words, message(error, known));
  }

  private static String word(JsonNode error, String field) {
    JsonNode value = error.path(field);
    return value.isTextual() ? value.textValue() : "";
  }

  private static int status(JsonNode error) {
    for (String field : new String[] {"code", "status", "status_code"}) {
      int code = error.path(field).asInt(0);
      if (code >= 400 && code < 600) {
        return code;
      }
    }
    return 0;
  }

  /** A text, or the first of a list of what is wrong with the fields. */
  private static String message(JsonNode error, int status) {
    JsonNode detail = error.path("detail");
    JsonNode first = detail.isArray() ? detail.path(0) : detail;
    String where = first.path("loc").isArray() ? first.path("loc").toString() + " " : "";
    for (JsonNode one : new JsonNode[] {
      error, error.path("message"), first, first.path("msg"), first.path("message")
    }) {
      if (one.isTextual() && !one.textValue().isBlank()) {
        return where + one.textValue();
      }
    }
    return error.isObject() && !error.isEmpty()
        ? error.toString()
        : status == 0 ? "the provider failed" : "the provider answered " + status;
  }

  private static ProviderError error(int status, String words, String message) {
    Kind kind = kind(status, words, message.toLowerCase(Locale.ROOT));
    int known = status == 0 ? status(kind) : status;
    return new ProviderError(known, kind, Credentials.masked(message));
  }

  private static Kind kind(int status, String words, String message) {
    boolean callersFault = status == 0 || status == 400 || status == 413 || status == 422;
    if (words.contains("context_length_exceeded")
        || callersFault
            && (message.contains("maximum context length")
                || message.contains("context window")
                || message.contains("context length")
                || message.contains("prompt is too long"))) {
      return Kind.CONTEXT_TOO_LONG;
    }
    if (any(words, "content_filter", "content_policy", "responsibleaipolicyviolation")) {
      return Kind.FILTERED;
    }
    if (any(words, "insufficient_quota", "billing_hard_limit", "billing_not_active")
        || any(words, "insufficient_balance", "insufficient balance")) {
      return Kind.OUT_OF_BUDGET;
    }
    if (any(words, "rate_limit", "tokens_exceeded", "too_many_requests")) {
      return Kind.RATE_LIMITED;
    }
    if (any(words, "model_not_found", "deploymentnotfound")) {
      return Kind.NOT_FOUND;
    }
    if (any(words, "invalid_api_key", "authentication", "permission")
        || message.contains("incorrect api key")) {
      return Kind.CREDENTIAL;
    }
    if (any(words, "overloaded", "unavailable", "capacity", "slow_down")) {
      return Kind.OVERLOADED;
    }
    if (status == 0) {
      return words.contains("invalid") ? Kind.INVALID_REQUEST : Kind.FAILED;
    }
    return ProviderError.kindOf(status);
  }

  private static boolean any(String words, String... wanted) {
    for (String one : wanted) {
      if (words.contains(one)) {
        return true;
      }
    }
    return false;
  }

  /** What an error in a stream, whose status was 200, stands for. */
  private static int status(Kind kind) {
    return switch (kind) {
      case INVALID_REQUEST, CONTEXT_TOO_LONG, FILTERED -> 400;
      case NOT_FOUND -> 404;
      case RATE_LIMITED, OUT_OF_BUDGET -> 429;
      case CREDENTIAL -> 401;
      case OVERLOADED -> 503;
      case TIMEOUT -> 504;
      case FAILED -> 500;
    };
  }

  /** The type that callers of OpenAI's API know an error by. */
  static String type(Kind kind) {
    return switch (kind) {
      case INVALID_REQUEST, CONTEXT_TOO_LONG, FILTERED, NOT_FOUND -> "invalid_request_error";
      case RATE_LIMITED -> "requests";
      case OUT_OF_BUDGET -> "insufficient_quota";
      case CREDENTIAL, OVERLOADED, TIMEOUT, FAILED -> "server_error";
    };
  }

  static String code(Kind kind) {
    return switch (kind) {
      case INVALID_REQUEST -> "invalid_request";
      case CONTEXT_TOO_LONG -> "context_length_exceeded";
      case FILTERED -> "content_filter";
      case NOT_FOUND -> "model_not_found";
      case RATE_LIMITED -> "rate_limit_exceeded";
      case OUT_OF_BUDGET -> "insufficient_quota";
      case CREDENTIAL -> "provider_credential";
      case OVERLOADED -> "server_is_overloaded";
      case TIMEOUT -> "provider_timeout";
      case FAILED -> "server_error";
    };
  }

  /** An error as callers of OpenAI's API read it. */
  static ObjectNode json(ProviderError error) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.putObject("error")
        .put("message", error.message())
        .put("type", type(error.kind()))
        .putNull("param")
        .put("code", code(error.kind()));
    return json;
  }
}
