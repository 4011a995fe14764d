package dev.sluice.identity;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.ingress.Claims;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The JWTs of the issuers that we know. Safe for use by many threads; nothing of it blocks its caller. */
public final class Tokens implements AutoCloseable {
  /**
   * What was found out about a token.
   *
   * @param claims null if it is none, or no good one
   */
  private record Seen(@Nullable Claims claims, Instant until) {}

  private static final int THREADS = 2;
  private static final int MOST_CHARS = 16 * 1024;
  private static final int WRONG_SECONDS = 5;

  private final IdentitySettings settings;
  private final Clock clock;
  private final Map<String, IssuerKeys> issuers = new HashMap<>();
  private final ConcurrentMap<String, Seen> seen = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor checking;

  /** @param clock by which tokens expire */
  public Tokens(IdentitySettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    settings
        .issuers()
        .forEach(one -> issuers.put(one.issuer(), new IssuerKeys(one, settings, System::nanoTime)));
    this.checking = new ThreadPoolExecutor(
        THREADS,
        THREADS,
        1,
        TimeUnit.MINUTES,
        new ArrayBlockingQueue<>(settings.waiting()),
        task -> {
          Thread thread = new Thread(task, "sluice-tokens");
          thread.setDaemon(true);
          return thread;
        });
    checking.allowCoreThreadTimeOut(true);
  }

  /** Whether this may be a JWT, by its looks; none is while no issuer is known. */
  public boolean mayBe(String token) {
    return !issuers.isEmpty()
        && token.startsWith("eyJ")
        && token.length() <= MOST_CHARS
        && token.chars().filter(one -> one == '.').count() == 2;
  }

  /**
   * What a token says.
   *
   * @return completed if it was seen before; empty for none, or for no good one; fails with a
   *     RejectedExecutionException if too many wait, and with an IllegalStateException if its issuer's keys are not known
   */
  public CompletionStage<Optional<Claims>> claims(String token) {
    if (!mayBe(token)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    String digest = digest(token);
    Seen known = seen.get(digest);
    if (known != null && clock.instant().isBefore(known.until())) {
      return CompletableFuture.completedFuture(Optional.ofNullable(known.claims()));
    }
    CompletableFuture<Optional<Claims>> told = new CompletableFuture<>();
    try {
      checking.execute(() -> {
        try {
          told.complete(Optional.ofNullable(check(token, digest)));
        } catch (RuntimeException e) {
          told.completeExceptionally(e);
        }
      });
    } catch (RejectedExecutionException e) {
      told.completeExceptionally(e);
    }
    return told;
  }

  private @Nullable Claims check(String token, String digest) {
    SignedJWT parsed;
    IssuerKeys issuer;
    try {
      parsed = SignedJWT.parse(token);
      issuer = issuers.get(String.valueOf(parsed.getJWTClaimsSet().getIssuer()));
    } catch (ParseException e) {
      return null;
    }
    if (issuer == null) {
      return null;
    }
    TokenCheck.Found found = check(parsed, issuer, false);
    if (found instanceof TokenCheck.Found.KeyMissing) {
      found = check(parsed, issuer, true);
    }
    Instant now = clock.instant();
    if (found instanceof TokenCheck.Found.Good good) {
      remember(digest, new Seen(good.claims(), good.expires()));
      return good.claims();
    }
    remember(digest, new Seen(null, now.plusSeconds(WRONG_SECONDS)));
    return null;
  }

  private TokenCheck.Found check(SignedJWT token, IssuerKeys issuer, boolean missing) {
    issuer.refresh(missing);
    JWKSet keys = issuer.keys();
    if (keys == null) {
      throw new IllegalStateException(
          "the keys of the issuer " + issuer.issuer().name() + " are not known");
    }
    return TokenCheck.check(token, issuer.issuer(), keys, settings.clockSkew(), clock.instant());
  }

  /** Full, it forgets what has expired, and all of it if nothing has. */
  private void remember(String digest, Seen what) {
    if (seen.size() >= settings.remembered()) {
      Instant now = clock.instant();
      seen.values().removeIf(one -> !now.isBefore(one.until()));
      if (seen.size() >= settings.remembered()) {
        seen.clear();
      }
    }
    seen.put(digest, what);
  }

  private static String digest(String token) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public void close() {
    checking.shutdownNow();
  }
}
