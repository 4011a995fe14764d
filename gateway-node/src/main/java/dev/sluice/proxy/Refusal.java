package dev.sluice.proxy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is not done, wherever on its way that is decided. {@link Refusals} turns it into an answer in the
 * caller's dialect.
 */
public sealed interface Refusal {
  int status();

  /** For people: what was wrong, and what to do. Never holds a credential or an upstream's address. */
  String message();

  /** A word that programs can rely on. */
  String code();

  /** Seconds after which it makes sense to ask again, or null. */
  default @Nullable Long retryAfterSeconds() {
    return null;
  }

  /** The request can't be read, or asks for what HTTP has no place for. */
  record BadRequest(int status, String message) implements Refusal {
    @Override
    public String code() {
      return "bad_request";
    }
  }

  /** Nothing is declared for this host and path. */
  record NoRoute() implements Refusal {
    @Override
    public int status() {
      return 404;
    }

    @Override
    public String message() {
      return "no route for this host and path";
    }

    @Override
    public String code() {
      return "no_route";
    }
  }

  /** The path is known, the method is not. */
  record MethodNotAllowed(String allowed) implements Refusal {
    @Override
    public int status() {
      return 405;
    }

    @Override
    public String message() {
      return "only " + allowed + " is served here";
    }

    @Override
    public String code() {
      return "method_not_allowed";
    }
  }

  /** The body is longer than its route takes. */
  record BodyTooLarge(long mostBytes) implements Refusal {
    @Override
    public int status() {
      return 413;
    }

    @Override
    public String message() {
      return "the request body is above " + mostBytes + " bytes";
    }

    @Override
    public String code() {
      return "body_too_large";
    }
  }

  /** Not for this client. */
  record Forbidden(String message) implements Refusal {
    @Override
    public int status() {
      return 403;
    }

    @Override
    public String code() {
      return "forbidden";
    }
  }

  /**
   * Who asks has not said who he is.
   *
   * @param challenge for WWW-Authenticate, or null
   */
  record AuthenticationRequired(@Nullable String challenge) implements Refusal {
    @Override
    public int status() {
      return 401;
    }

    @Override
    public String message() {
      return "authentication is required";
    }

    @Override
    public String code() {
      return "unauthenticated";
    }
  }

  /** This client asks too much. */
  record TooMany(int status, String message) implements Refusal {
    @Override
    public String code() {
      return "too_many_requests";
    }
  }

  /** A question of a browser about other origins: an answer without a body, all of it in fields. */
  record Preflight() implements Refusal {
    @Override
    public int status() {
      return 204;
    }

    @Override
    public String message() {
      return "preflight";
    }

    @Override
    public String code() {
      return "preflight";
    }
  }

  /** Plain HTTP where HTTPS is required. */
  record Redirect(int status, String location) implements Refusal {
    @Override
    public String message() {
      return "see " + location;
    }

    @Override
    public String code() {
      return "redirect";
    }
  }

  /** The route is closed, has no endpoint, or none can be reached: 502, 503 or 504. */
  record Unavailable(int status, String message, String code) implements Refusal {}

  /** No key, or one that nobody has. */
  record Unauthenticated(String message) implements Refusal {
    @Override
    public int status() {
      return 401;
    }

    @Override
    public String code() {
      return "invalid_api_key";
    }
  }

  /** No route leads to this model. */
  record NoSuchModel(String model) implements Refusal {
    @Override
    public int status() {
      return 404;
    }

    @Override
    public String message() {
      return "the model \"" + model + "\" does not exist here";
    }

    @Override
    public String code() {
      return "model_not_found";
    }
  }

  /** A field of a model request that can't be taken. */
  record BadField(String field, String message) implements Refusal {
    @Override
    public int status() {
      return 400;
    }

    @Override
    public String code() {
      return "invalid_request";
    }
  }

  /**
   * A provider has answered with an error, told in the caller's dialect.
   *
   * @param retryAfter as the provider asks for; null if it does not
   */
  record ByProvider(
      int status, String message, String code, @Nullable Duration retryAfter) implements Refusal {
    @Override
    public @Nullable Long retryAfterSeconds() {
      return retryAfter == null ? null : Math.max(1, (retryAfter.toMillis() + 999) / 1000);
    }
  }

  /**
   * Too many calls wait for whoever would answer, or this one has waited too long.
   *
   * @param retryAfter until one that comes then may have its turn
   */
  record Busy(int status, String message, String code, Duration retryAfter) implements Refusal {
    @Override
    public Long retryAfterSeconds() {
      return Math.max(1, (retryAfter.toMillis() + 999) / 1000);
    }
  }

  /**
   * A bucket has no room.
   *
   * @param bucket its name
   * @param retryAfter until there may be room for this request; null if waiting alone won't help
   */
  record OutOfQuota(String bucket, String message, @Nullable Duration retryAfter)
      implements Refusal {
    @Override
    public int status() {
      return 429;
    }

    @Override
    public String code() {
      return retryAfter == null ? "insufficient_quota" : "rate_limit_exceeded";
    }

    @Override
    public @Nullable Long retryAfterSeconds() {
      return retryAfter == null ? null : Math.max(1, (retryAfter.toMillis() + 999) / 1000);
    }
  }

  /** The quota can't be asked. Nothing is let through on trust. */
  record QuotaUnreachable(Duration retryAfter) implements Refusal {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public String message() {
      return "the quota can't be checked right now";
    }

    @Override
    public String code() {
      return "quota_unavailable";
    }

    @Override
    public Long retryAfterSeconds() {
      return Math.max(1, retryAfter.toSeconds());
    }
  }
}
