package dev.sluice.proxy;

import dev.sluice.ingress.Filter;
import dev.sluice.ingress.Filter.ExternalAuth;
import org.jspecify.annotations.Nullable;

/** Where requests are sent instead. */
final class Redirects {
  private Redirects() {}

  /** Another path of the host that the client asked, as the client reached it. */
  static String toPath(Inbound request, String path) {
    return (request.arrival().secure() ? "https://" : "http://")
        + request.arrival().head().authority()
        + path;
  }

  static String to(Inbound request, Filter.Redirect redirect) {
    return redirect.location().startsWith("/") && !redirect.relative()
        ? toPath(request, redirect.location())
        : redirect.location();
  }

  static String toHttps(Inbound request, Filter.RequireHttps https, ProxySettings settings) {
    String target = request.arrival().head().target();
    String port = settings.httpsPort() == 443 ? "" : ":" + settings.httpsPort();
    return "https://" + request.hostName() + port + (https.keepSlash() ? target : trimmed(target));
  }

  /** The same on another host, with the port that clients reach. */
  static String toHost(Inbound request, String host, ProxySettings settings) {
    return request.scheme() + "://" + host + ":" + request.port(settings)
        + trimmed(request.arrival().head().target());
  }

  private static String trimmed(String target) {
    return target.endsWith("/") ? target.substring(0, target.length() - 1) : target;
  }

  /** What the answer of an authentication service means for a request; null if it may pass. */
  static @Nullable Refusal refusalOf(
      Inbound request, ExternalAuth auth, AuthAnswers.Answer answer) {
    int status = answer.status();
    if (status >= 200 && status < 300) {
      return null;
    }
    if (status == 401 && auth.signIn() != null) {
      String url = Variables.url(auth.signIn(), request);
      if (!url.contains(auth.signInParameter() + "=")) {
        url += (url.indexOf('?') < 0 ? "?" : "&") + auth.signInParameter() + "="
            + request.scheme() + "://" + request.authority()
            + Variables.escaped(request.arrival().head().target());
      }
      answer.cookies().forEach(cookie -> request.addResponseField("Set-Cookie", cookie));
      return new Refusal.Redirect(302, url);
    }
    return switch (status) {
      case 401 -> new Refusal.AuthenticationRequired(answer.challenge());
      case 403 -> new Refusal.Forbidden("the authentication service says no");
      default ->
        new Refusal.Unavailable(500, "the authentication service gave no answer", "auth_failed");
    };
  }
}
