package dev.sluice.model.chat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a provider answered instead of an answer.
 *
 * @param status of HTTP that it stands for; also where it came in the middle of a stream
 * @param kind what callers can do about it
 * @param message in the provider's words; holds no credential
 * @param retryAfter how long callers shall wait, where the body says so; null elsewhere
 */
public record ProviderError(
    int status, Kind kind, String message, @Nullable Duration retryAfter) {
  public ProviderError(int status, Kind kind, String message) {
    this(status, kind, message, null);
  }

  /** What all dialects can tell apart. */
  public enum Kind {
    INVALID_REQUEST,
    CONTEXT_TOO_LONG,
    FILTERED,
    NOT_FOUND,
    RATE_LIMITED,
    OUT_OF_BUDGET,
    CREDENTIAL,
    OVERLOADED,
    TIMEOUT,
    FAILED
  }

  /** What a status stands for where the provider says no more. */
  public static Kind kindOf(int status) {
    return switch (status) {
      case 401, 403 -> Kind.CREDENTIAL;
      case 402 -> Kind.OUT_OF_BUDGET;
      case 404 -> Kind.NOT_FOUND;
      case 408, 504 -> Kind.TIMEOUT;
      case 429 -> Kind.RATE_LIMITED;
      case 503, 529 -> Kind.OVERLOADED;
      default -> status >= 500 ? Kind.FAILED : Kind.INVALID_REQUEST;
    };
  }
}
