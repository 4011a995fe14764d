package dev.sluice.model;

import dev.sluice.model.chat.ProviderError;
import dev.sluice.proxy.Dialect;
import dev.sluice.proxy.Refusal;

/** What a provider's error is to a caller of another dialect. */
final class ProviderErrors {
  private static final int OVERLOADED = 529;

  private ProviderErrors() {}

  static Refusal refusal(ProviderError error, Dialect dialect) {
    String code = switch (error.kind()) {
      case INVALID_REQUEST -> "invalid_request";
      case CONTEXT_TOO_LONG -> "context_length_exceeded";
      case FILTERED -> "content_filter";
      case NOT_FOUND -> "model_not_found";
      case RATE_LIMITED -> "rate_limit_exceeded";
      case OUT_OF_BUDGET -> "insufficient_quota";
      case CREDENTIAL -> "provider_credential";
      case OVERLOADED -> "provider_overloaded";
      case TIMEOUT -> "provider_timeout";
      case FAILED -> "provider_failed";
    };
    int status = switch (error.kind()) {
      case INVALID_REQUEST, CONTEXT_TOO_LONG, FILTERED ->
        error.status() == 413 || error.status() == 422 ? error.status() : 400;
      case NOT_FOUND -> 404;
      case RATE_LIMITED, OUT_OF_BUDGET -> 429;
      case CREDENTIAL -> 502;
      case OVERLOADED -> dialect == Dialect.ANTHROPIC ? OVERLOADED : 503;
      case TIMEOUT -> 504;
      case FAILED -> 502;
    };
    String message = error.kind() == ProviderError.Kind.CREDENTIAL
        ? "the provider does not accept the gateway's credential"
        : error.message();
    return new Refusal.ByProvider(status, message, code, error.retryAfter());
  }
}
