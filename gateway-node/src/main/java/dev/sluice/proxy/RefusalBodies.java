package dev.sluice.proxy;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.sluice.wire.Reasons;

/** A refusal as a body, in the words of each dialect. */
public final class RefusalBodies {
  private RefusalBodies() {}

  static String type(Dialect dialect) {
    return dialect == Dialect.PLAIN ? "text/plain; charset=utf-8" : "application/json";
  }

  /** @param requestId for dialects that tell it in the body */
  public static String of(Dialect dialect, Refusal refusal, String requestId) {
    return switch (dialect) {
      case OPENAI -> openai(refusal);
      case ANTHROPIC -> anthropic(refusal, requestId);
      case GEMINI -> gemini(refusal);
      case OLLAMA -> "{\"error\":" + quoted(refusal.message()) + "}";
      case PLAIN, GRPC -> plain(refusal);
    };
  }

  private static String plain(Refusal refusal) {
    return refusal.status() + " " + title(refusal.status()) + ": " + refusal.message() + "\n";
  }

  /** As on the pages of nginx, which people and probes look for. */
  private static String title(int status) {
    return switch (status) {
      case 401 -> "Authorization Required";
      case 503 -> "Service Temporarily Unavailable";
      default -> Reasons.of(status);
    };
  }

  private static String openai(Refusal refusal) {
    String param = refusal instanceof Refusal.BadField field
        ? quoted(field.field())
        : refusal instanceof Refusal.NoSuchModel ? quoted("model") : "null";
    return "{\"error\":{\"message\":" + quoted(refusal.message()) + ",\"type\":"
        + quoted(openaiType(refusal)) + ",\"param\":" + param + ",\"code\":"
        + quoted(refusal.code()) + "}}";
  }

  private static String openaiType(Refusal refusal) {
    if (refusal instanceof Refusal.OutOfQuota out) {
      return out.retryAfter() == null ? "insufficient_quota" : "tokens";
    }
    return refusal.status() >= 500 ? "server_error" : "invalid_request_error";
  }

  private static String anthropic(Refusal refusal, String requestId) {
    String type = switch (refusal.status()) {
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 504 -> "timeout_error";
      case 503, 529 -> "overloaded_error";
      default -> refusal.status() >= 500 ? "api_error" : "invalid_request_error";
    };
    return "{\"type\":\"error\",\"error\":{\"type\":" + quoted(type) + ",\"message\":"
        + quoted(named(refusal)) + "},\"request_id\":" + quoted(requestId) + "}";
  }

  private static String gemini(Refusal refusal) {
    String status = switch (refusal.status()) {
      case 401 -> "UNAUTHENTICATED";
      case 403 -> "PERMISSION_DENIED";
      case 404 -> "NOT_FOUND";
      case 429 -> "RESOURCE_EXHAUSTED";
      case 501 -> "UNIMPLEMENTED";
      case 503 -> "UNAVAILABLE";
      case 504 -> "DEADLINE_EXCEEDED";
      default -> refusal.status() >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
    };
    Long seconds = refusal.retryAfterSeconds();
    String details = seconds == null
        ? ""
        : ",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\""
            + seconds + "s\"}]";
    return "{\"error\":{\"code\":" + refusal.status() + ",\"message\":" + quoted(named(refusal))
        + ",\"status\":" + quoted(status) + details + "}}";
  }

  /** The message, with the field in front where the dialect has no place of its own for it. */
  private static String named(Refusal refusal) {
    return refusal instanceof Refusal.BadField field && !field.message().contains(field.field())
        ? field.field() + ": " + field.message()
        : refusal.message();
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
