package dev.sluice.model.vertex;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one credential: kept while they last, asked for anew a little before they end, one request at a time. A token
 * that still lasts is given out although the next one was refused; after a refusal the next request waits a moment. Safe to
 * share.
 */
public final class AccessTokens {
  /** No token can be had. */
  public static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String why) {
      super(why);
    }
  }

  private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofSeconds(5);

  private final Supplier<GoogleCredential> credential;
  private final TokenEndpoint endpoint;
  private final Executor asks;
  private final InstantSource clock;
  private @Nullable AccessToken token;
  private @Nullable CompletableFuture<String> asking;
  private @Nullable String refusal;
  private Instant pausedUntil = Instant.MIN;

  /**
   * @param credential reads it, each time anew; fails with an IllegalArgumentException if it can't be used
   * @param asks where the credential is read, the request signed and sent
   */
  public AccessTokens(
      Supplier<GoogleCredential> credential,
      TokenEndpoint endpoint,
      Executor asks,
      InstantSource clock) {
    this.credential = credential;
    this.endpoint = endpoint;
    this.asks = asks;
    this.clock = clock;
  }

  /** A token that can be used now. Fails with a {@link RefusedException} that says why there is none. */
  public CompletionStage<String> token() {
    Instant now = clock.instant();
    CompletableFuture<String> started = null;
    CompletionStage<String> given;
    synchronized (this) {
      AccessToken held = token;
      boolean usable = held != null && held.isUsable(now);
      boolean due = held == null || held.isDue(now);
      boolean paused = now.isBefore(pausedUntil);
      if (due && asking == null && !paused) {
        started = new CompletableFuture<>();
        asking = started;
      }
      if (usable && held != null) {
        given = CompletableFuture.completedStage(held.value());
      } else if (asking != null) {
        given = asking.minimalCompletionStage();
      } else {
        String why = refusal == null ? "no token was granted" : refusal;
        given = CompletableFuture.failedStage(new RefusedException(why));
      }
    }
    if (started != null) {
      CompletableFuture<String> asked = started;
      try {
        asks.execute(() -> ask(now, asked));
      } catch (RejectedExecutionException e) {
        answered(new AccessToken.Refused("too many tokens are asked for at once"), asked);
      }
    }
    return given;
  }

  private void ask(Instant now, CompletableFuture<String> started) {
    try {
      GoogleCredential.Ask asked = credential.get().ask(now);
      endpoint
          .post(asked)
          .handle((reply, failure) -> reply == null
              ? new AccessToken.Refused("the token endpoint can't be reached: " + failure)
              : read(reply, asked, now))
          .thenAccept(answer -> answered(answer, started));
    } catch (IllegalArgumentException e) {
      answered(new AccessToken.Refused("the credential can't be used: " + e.getMessage()), started);
    }
  }

  private static AccessToken.Answer read(
      TokenEndpoint.Reply reply, GoogleCredential.Ask asked, Instant now) {
    AccessToken.Answer answer = AccessToken.read(reply.status(), reply.body(), now);
    return answer instanceof AccessToken.Refused refused
        ? new AccessToken.Refused(asked.masked(refused.why()))
        : answer;
  }

  private void answered(AccessToken.Answer answer, CompletableFuture<String> started) {
    synchronized (this) {
      asking = null;
      if (answer instanceof AccessToken.Granted granted) {
        token = granted.token();
        refusal = null;
      } else if (answer instanceof AccessToken.Refused refused) {
        refusal = refused.why();
        pausedUntil = clock.instant().plus(PAUSE_AFTER_REFUSAL);
      }
    }
    if (answer instanceof AccessToken.Granted granted) {
      started.complete(granted.token().value());
    } else if (answer instanceof AccessToken.Refused refused) {
      started.completeExceptionally(new RefusedException(refused.why()));
    }
  }
}
