package dev.sluice.ingress;

import com.google.re2j.Pattern;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A step between match and action. A route's filters run in the order they stand. */
public sealed interface Filter {
  /**
   * Sends a plain-HTTP request to the same place over HTTPS.
   *
   * @param status 301, 302, 307 or 308
   * @param keepSlash whether a slash at the end of the target stays
   */
  record RequireHttps(int status, boolean keepSlash) implements Filter {
    public RequireHttps(int status) {
      this(status, false);
    }
  }

  /**
   * Asks for a certificate of the client, on TLS.
   *
   * @param authorities who may have made it
   * @param required whether a client without one is refused
   * @param verified whether one that no authority made is refused
   * @param depth most authorities between it and the one that is trusted, and that one
   * @param subject what must be found in its subject, or null
   * @param passes whether the upstream is shown the certificate itself
   */
  record ClientCertificate(
      List<X509Certificate> authorities,
      boolean required,
      boolean verified,
      int depth,
      @Nullable Pattern subject,
      boolean passes)
      implements Filter {
    @Override
    public String toString() {
      return Digest.of(authorities.toString()) + required + verified + depth + subject + passes;
    }
  }

  /** Header fields of every answer, in place of those of the same names from upstreams; empty ones only hide those. */
  record ResponseFields(Map<String, String> fields, boolean secureOnly) implements Filter {}

  /** Sends a request for {@code /} to another path of the same host. */
  record AppRoot(String path) implements Filter {}

  /**
   * Sends every request to one place.
   *
   * @param location absolute, or a path: then the request's scheme and host are put before it, unless relative
   */
  record Redirect(int status, String location, boolean relative) implements Filter {}

  /** Sends every request to the same target on another host, with the port that clients reach. */
  record RedirectHost(int status, String host) implements Filter {}

  /** Answers preflights, and says on all answers what pages of other origins may do. */
  record Cors(
      List<AllowedOrigin> origins,
      String methods,
      String headers,
      String expose,
      boolean credentials,
      int maxAgeSeconds)
      implements Filter {
    /** Whether pages of any origin may. */
    public boolean any() {
      return origins.isEmpty();
    }
  }

  /**
   * An origin, in lower case.
   *
   * @param wildcard whether any one label may stand before {@code rest}, which then begins with a dot
   */
  record AllowedOrigin(String scheme, boolean wildcard, String rest) {
    public boolean matches(String origin) {
      String start = scheme + "://";
      if (!wildcard) {
        return origin.equalsIgnoreCase(scheme.isEmpty() ? rest : start + rest);
      }
      int label = origin.length() - rest.length() - start.length();
      return label > 0
          && origin.regionMatches(true, 0, start, 0, start.length())
          && origin.regionMatches(true, origin.length() - rest.length(), rest, 0, rest.length())
          && origin
              .substring(start.length(), start.length() + label)
              .chars()
              .allMatch(c -> c == '-' || c == '_' || c < 128 && Character.isLetterOrDigit(c));
    }
  }

  /**
   * Asks upstreams for another path.
   *
   * @param parts literals, and groups of the pattern by number; a group that there is not is empty
   * @param redirect whether the client is sent there instead
   */
  record Rewrite(Pattern pattern, List<RewritePart> parts, boolean redirect) implements Filter {}

  /** @param group number of a group, or -1 for the text */
  record RewritePart(String text, int group) {}

  /** Refuses with 503 while no endpoint is ready: before anybody is asked who he is. */
  record NeedEndpoints() implements Filter {}

  /**
   * How much a client may ask, by its address. 0 sets no limit.
   *
   * @param zone what shares a count
   * @param burst requests that may be ahead of the rate, as a multiple of it
   * @param status where a rate is passed
   * @param connectionsStatus where too many run at once
   */
  record Limits(
      String zone,
      int connections,
      int perSecond,
      int perMinute,
      int burst,
      int status,
      int connectionsStatus,
      List<AddressRange> exempt)
      implements Filter {}

  /**
   * Who may pass.
   *
   * @param any whether one of the things asked for is enough
   * @param allowed empty for all
   */
  record Access(
      boolean any,
      List<AddressRange> denied,
      List<AddressRange> allowed,
      @Nullable ExternalAuth external,
      @Nullable PasswordAuth password)
      implements Filter {}

  /**
   * Asks for a user's name and password.
   *
   * @param digest null for basic authentication
   */
  record PasswordAuth(
      String realm, Passwords passwords, @Nullable Digesting digest) {}

  /**
   * Digest authentication (RFC 7616, with MD5 and qop auth, as ingress-nginx has it). The hashes of passwords are then those
   * of user, realm and password.
   *
   * @param key that nonces are signed with: the same on all nodes, and another one for other users. Never printed
   */
  record Digesting(String key) {
    @Override
    public String toString() {
      return "digest";
    }
  }

  /** Hashes of passwords by user. Never prints them. */
  record Passwords(Map<String, String> hashes) {
    @Override
    public String toString() {
      return Digest.of(hashes.toString());
    }
  }

  /**
   * Asks a service whether a request may pass.
   *
   * @param method of the question, or empty for GET
   * @param responseHeaders fields of its answer that go to the upstream in place of the client's
   * @param signIn where a request that it refuses with 401 is sent, or null
   * @param redirect what it is told of where the client shall come back to; null for the request's target
   * @param cacheKey what its answers are remembered by, or null
   * @param cacheSeconds by status, for how long
   */
  record ExternalAuth(
      Template url,
      String method,
      List<String> responseHeaders,
      @Nullable Template signIn,
      String signInParameter,
      @Nullable Template redirect,
      Map<String, String> requestHeaders,
      boolean alwaysSetCookie,
      @Nullable Template cacheKey,
      Map<Integer, Integer> cacheSeconds) {}

  /** Header fields for upstreams in place of the client's of the same names; empty ones only hide those. */
  record RequestFields(Map<String, String> fields) implements Filter {}

  /** Header fields for upstreams, likewise, with variables of the request in them. */
  record SetFields(Map<String, Template> fields) implements Filter {}

  /** Leaves requests out of the access log. */
  record Unlogged() implements Filter {}

  /** Sends a copy of each request somewhere else, and forgets what is answered. */
  record Mirror(Template url, String host, boolean body) implements Filter {}
}
