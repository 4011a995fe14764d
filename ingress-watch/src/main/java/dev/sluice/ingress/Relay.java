package dev.sluice.ingress;

import com.google.re2j.Pattern;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * In which form requests of a route reach their upstream, and its answers the client.
 *
 * @param tls null where the peer is spoken to as in {@link Tls#UNVERIFIED}
 * @param host Host field for the upstream; empty for the client's
 * @param forwardedPrefix X-Forwarded-Prefix, or empty
 * @param connection the Connection field for upstreams, which then are asked for no other protocol; empty for the usual
 * @param hidesAuthorization whether the client's credentials stay here
 * @param fastCgi what applications are told; null unless FastCGI is spoken
 * @param bytesPerSecond of an answer's body, 0 for any
 * @param freeBytes of a body that no rate holds back
 */
public record Relay(
    Protocol protocol,
    @Nullable Tls tls,
    String host,
    String forwardedPrefix,
    boolean http10,
    String connection,
    boolean hidesAuthorization,
    Balance balance,
    @Nullable Canary canary,
    @Nullable ErrorPages errors,
    List<Replacement> locations,
    @Nullable Replacement cookieDomain,
    @Nullable Replacement cookiePath,
    @Nullable FastCgi fastCgi,
    long bytesPerSecond,
    long freeBytes) {
  /** Plain HTTP in turn, with nothing changed. */
  public static final Relay PLAIN = new Relay(
      Protocol.HTTP,
      null,
      "",
      "",
      false,
      "",
      false,
      Balance.IN_TURN,
      null,
      null,
      List.of(),
      null,
      null,
      null,
      0,
      0);

  /** The same, with endpoints that take turns. */
  public Relay inTurn() {
    return with(Balance.IN_TURN);
  }

  /** The same with another choice of endpoints. */
  Relay with(Balance other) {
    return new Relay(
        protocol,
        tls,
        host,
        forwardedPrefix,
        http10,
        connection,
        hidesAuthorization,
        other,
        canary,
        errors,
        locations,
        cookieDomain,
        cookiePath,
        fastCgi,
        bytesPerSecond,
        freeBytes);
  }

  /** The same for a backend that has a canary and pages for its errors. */
  Relay with(@Nullable Canary other, @Nullable ErrorPages pages) {
    return new Relay(
        protocol,
        tls,
        host,
        forwardedPrefix,
        http10,
        connection,
        hidesAuthorization,
        balance,
        other,
        pages,
        locations,
        cookieDomain,
        cookiePath,
        fastCgi,
        bytesPerSecond,
        freeBytes);
  }

  public enum Protocol {
    HTTP,
    HTTPS,
    /** As the client came. */
    AUTO,
    /** HTTP/2 in the clear, without asking. */
    GRPC,
    /** HTTP/2 over TLS. */
    GRPCS,
    /** FastCGI. */
    FCGI;

    /** Whether upstreams are spoken to in HTTP/2. */
    public boolean http2() {
      return this == GRPC || this == GRPCS;
    }
  }

  /**
   * TLS to upstreams.
   *
   * @param verify whether the peer's certificate must be made by {@code authorities} for {@code name}
   * @param name what is sent as SNI and verified; empty for the Host field of the request
   */
  public record Tls(
      boolean verify,
      boolean sendsName,
      String name,
      List<X509Certificate> authorities,
      @Nullable Certificate client,
      List<String> protocols) {
    /** Whoever answers is spoken to. */
    public static final Tls UNVERIFIED =
        new Tls(false, false, "", List.of(), null, List.of("TLSv1.2", "TLSv1.3"));

    @Override
    public String toString() {
      return verify + " " + sendsName + " " + name + " " + protocols + " "
          + Digest.of(authorities + " " + (client == null ? "" : client.chain()));
    }
  }

  /**
   * Replaces the start of a value.
   *
   * @param from literal that the value begins with, or null for {@code pattern}
   */
  public record Replacement(@Nullable String from, @Nullable Pattern pattern, String to) {}

  /**
   * What an application that speaks FastCGI is told.
   *
   * @param index file that a path that ends with a slash means, or empty
   * @param params beside the usual ones, or in their place
   */
  public record FastCgi(String index, Map<String, Template> params) {}

  /** How one of several endpoints is chosen. */
  public sealed interface Balance {
    /** One after the other. */
    Balance IN_TURN = new InTurn();
  }

  /** One after the other. */
  public record InTurn() implements Balance {}

  /** Of two endpoints the one with fewer requests running. */
  public record LeastRequests() implements Balance {}

  /** Of two endpoints the one that has answered sooner of late. */
  public record Fastest() implements Balance {}

  /**
   * Equal keys go to the same endpoint.
   *
   * @param subset how many endpoints share a key
   */
  public record Hashed(Template key, int subset) implements Balance {}

  /**
   * A client stays where its cookie says.
   *
   * @param expiresSeconds 0 for none, as {@code maxAgeSeconds}
   * @param noneIfKnown whether browsers that would refuse SameSite=None are not sent it
   * @param persistent whether a cookie names an endpoint rather than a place among them
   */
  public record Sticky(
      String cookie,
      String path,
      String domain,
      int expiresSeconds,
      int maxAgeSeconds,
      boolean secure,
      String sameSite,
      boolean noneIfKnown,
      boolean changeOnFailure,
      boolean persistent)
      implements Balance {}

  /**
   * Another backend for some of the requests.
   *
   * @param pattern null if {@code value} or the words always and never decide
   * @param broken whether a pattern was given that is none: then nobody is sent there
   * @param sticky whether a client that a cookie binds stays there
   */
  public record Canary(
      Action.Backend backend,
      String header,
      String value,
      @Nullable Pattern pattern,
      boolean broken,
      String cookie,
      int weight,
      int total,
      boolean sticky) {}

  /**
   * Answers in place of errors.
   *
   * @param statuses that are replaced
   * @param fallback who answers; null if nobody does
   * @param ownOnly whether only errors of the gateway itself are replaced
   */
  public record ErrorPages(
      Set<Integer> statuses,
      Action.@Nullable Backend fallback,
      boolean ownOnly,
      String namespace,
      String ingress,
      String service,
      String port) {}
}
