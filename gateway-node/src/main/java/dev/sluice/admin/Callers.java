package dev.sluice.admin;

import dev.sluice.wire.Addresses;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Finds out who asks: by a static token, by a JWT, or nobody in particular. */
final class Callers {
  private static final String BEARER = "bearer ";

  private final Map<String, Caller> byHash;
  private final Function<String, CompletionStage<Optional<Caller>>> byJwt;
  private final boolean anonymousReads;

  /**
   * Knows callers of both kinds.
   *
   * @param byHash static tokens by their SHA-256 in lower-case hex
   * @param byJwt who a JWT stands for; empty for nobody
   */
  Callers(
      Map<String, Caller> byHash,
      Function<String, CompletionStage<Optional<Caller>>> byJwt,
      boolean anonymousReads) {
    this.byHash = Map.copyOf(byHash);
    this.byJwt = byJwt;
    this.anonymousReads = anonymousReads;
  }

  /**
   * The caller; empty if there is none that we know.
   *
   * @param authorization the field; empty if there is none. A wrong token is never taken for none
   * @param host the field: a page of another site that got itself resolved to a loopback address has another one
   */
  CompletionStage<Optional<Caller>> of(String authorization, String host) {
    if (authorization.isEmpty()) {
      return CompletableFuture.completedFuture(
          anonymousReads && isAddress(host) ? Optional.of(Caller.ANONYMOUS) : Optional.empty());
    }
    if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    String token = authorization.substring(BEARER.length()).strip();
    Caller known = byHash.get(sha256(token));
    return known != null
        ? CompletableFuture.completedFuture(Optional.of(known))
        : byJwt.apply(token);
  }

  private static boolean isAddress(String host) {
    int colon = host.lastIndexOf(':');
    String name = colon > host.indexOf(']') && colon > 0 ? host.substring(0, colon) : host;
    return name.equals("localhost") || Addresses.isAddress(name.replaceAll("[\\[\\]]", ""));
  }

  static String sha256(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
