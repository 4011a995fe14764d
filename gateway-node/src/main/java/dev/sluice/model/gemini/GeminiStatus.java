package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;

/** Errors as Google's APIs say them: {@code {"error": {"code", "message", "status"}}}. */
public final class GeminiStatus {
  private GeminiStatus() {}

  public static ObjectNode body(ProviderError error) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.putObject("error")
        .put("code", error.status())
        .put("message", error.message())
        .put("status", name(error));
    return body;
  }

  private static String name(ProviderError error) {
    return switch (error.kind()) {
      case INVALID_REQUEST -> error.status() == 409 ? "ABORTED" : "INVALID_ARGUMENT";
      case CONTEXT_TOO_LONG, FILTERED -> "INVALID_ARGUMENT";
      case NOT_FOUND -> "NOT_FOUND";
      case RATE_LIMITED, OUT_OF_BUDGET -> "RESOURCE_EXHAUSTED";
      case CREDENTIAL -> error.status() == 403 ? "PERMISSION_DENIED" : "UNAUTHENTICATED";
      case OVERLOADED -> "UNAVAILABLE";
      case TIMEOUT -> "DEADLINE_EXCEEDED";
      case FAILED -> "INTERNAL";
    };
  }
}
