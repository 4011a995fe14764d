package dev.sluice.proxy;

import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.Action.Endpoint;
import dev.sluice.ingress.Relay;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Which backend and endpoint a client's cookie binds it to, and the cookie that binds it. */
final class Stickiness {
  private static final DateTimeFormatter EXPIRES = DateTimeFormatter.ofPattern(
          "EEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.ENGLISH)
      .withZone(ZoneOffset.UTC);

  private static final List<String> REFUSE_NONE =
      List.of("Chrome/4", "Chrome/5", "Chrome/6", "CPU iPhone OS 12", "iPad; CPU OS 12");

  private Stickiness() {}

  /** Whether the request's cookie was made for this backend. */
  static boolean binds(Relay.Sticky sticky, Inbound request, Backend backend) {
    return key(sticky, request, backend) != null;
  }

  private static @Nullable String key(Relay.Sticky sticky, Inbound request, Backend backend) {
    String cookie = Cookies.value(request, sticky.cookie());
    int bar = cookie == null ? -1 : cookie.lastIndexOf('|');
    if (cookie == null || bar < 1) {
      return null;
    }
    return cookie.substring(bar + 1).equals(EndpointChoice.nameOf(backend))
        ? cookie.substring(0, bar)
        : null;
  }

  /**
   * The endpoint that the client stays with; one that has none yet, or whose endpoint is gone, is given a cookie.
   *
   * @param failed endpoints that this request has tried in vain
   */
  static @Nullable Endpoint endpoint(
      Relay.Sticky sticky, Inbound request, Backend backend, Set<Endpoint> failed) {
    String key = key(sticky, request, backend);
    boolean moves = sticky.changeOnFailure() && !failed.isEmpty();
    Endpoint bound = key == null || moves
        ? null
        : sticky.persistent()
            ? EndpointChoice.named(backend, key)
            : EndpointChoice.keyed(backend, key, Set.of());
    if (bound != null) {
      return bound;
    }
    String fresh = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Endpoint chosen = EndpointChoice.keyed(backend, fresh, moves ? failed : Set.of());
    if (chosen == null) {
      chosen = EndpointChoice.keyed(backend, fresh, Set.of());
    }
    if (chosen != null) {
      String name = sticky.persistent() ? EndpointChoice.nameOf(chosen) : fresh;
      request.affinityCookie(cookie(sticky, request, backend, name));
    }
    return chosen;
  }

  private static String cookie(Relay.Sticky sticky, Inbound request, Backend backend, String key) {
    StringBuilder cookie = new StringBuilder(sticky.cookie())
        .append('=')
        .append(key)
        .append('|')
        .append(EndpointChoice.nameOf(backend));
    if (sticky.expiresSeconds() > 0) {
      cookie
          .append("; Expires=")
          .append(EXPIRES.format(Instant.now().plusSeconds(sticky.expiresSeconds())));
    }
    if (sticky.maxAgeSeconds() > 0) {
      cookie.append("; Max-Age=").append(sticky.maxAgeSeconds());
    }
    if (!sticky.domain().isEmpty()) {
      cookie.append("; Domain=").append(sticky.domain());
    }
    cookie.append("; Path=").append(sticky.path());
    if (sticky.secure() || request.arrival().secure()) {
      cookie.append("; Secure");
    }
    cookie.append("; HttpOnly");
    if (!sticky.sameSite().isEmpty() && !refusesNone(sticky, request)) {
      cookie.append("; SameSite=").append(sticky.sameSite());
    }
    return cookie.toString();
  }

  /** Browsers that refuse cookies which say None; those that ingress-nginx knows. */
  private static boolean refusesNone(Relay.Sticky sticky, Inbound request) {
    String browser = sticky.noneIfKnown() && sticky.sameSite().equals("None")
        ? request.arrival().head().fields().first("User-Agent")
        : null;
    return browser != null
        && (REFUSE_NONE.stream().anyMatch(browser::contains)
            || browser.contains("Macintosh")
                && browser.contains("Intel Mac OS X 10_14")
                && browser.contains("Safari")
                && !browser.contains("Chrome"));
  }
}
