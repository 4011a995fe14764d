package dev.sluice.proxy;

import dev.sluice.ingress.Explanation;
import dev.sluice.ingress.Problem;
import dev.sluice.ingress.Reconciled;
import dev.sluice.ingress.RequestView;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks what would become of a request, without sending one. Reads its path and query as those of requests are read. */
public final class Asking {
  private static final int MOST_URL_CHARS = 16_384;
  private static final int MOST_HEADERS = 200;

  private record View(String method, String target, Map<String, String> headers)
      implements RequestView {
    @Override
    public @Nullable String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public @Nullable String query(String name) {
      return Inbound.query(target, name);
    }
  }

  private Asking() {}

  /**
   * Explains a request.
   *
   * @param made what serves
   * @param url absolute, of HTTP; its path and query as a client would send them
   * @param headers each as {@code Name: value}; one called Host stands for the host of the URL
   * @throws IllegalArgumentException that says what is wrong with the request
   */
  public static Explanation explain(
      Reconciled made, List<Problem> problems, String method, String url, List<String> headers) {
    if (!method.matches("[A-Z]{1,20}")) {
      throw new IllegalArgumentException(method + ": no method (expected: such as GET)");
    }
    boolean secure = url.startsWith("https://");
    if (url.length() > MOST_URL_CHARS || !secure && !url.startsWith("http://")) {
      throw new IllegalArgumentException(url
          + ": no URL (expected: such as https://shop.example.com/cart, of at most "
          + MOST_URL_CHARS + " characters)");
    }
    String rest = url.substring(url.indexOf("://") + 3);
    int end = rest.length();
    for (char c : new char[] {'/', '?', '#'}) {
      int at = rest.indexOf(c);
      end = at >= 0 && at < end ? at : end;
    }
    Map<String, String> fields = fields(headers);
    String authority = fields.getOrDefault("host", rest.substring(0, end));
    String target = targetOf(rest.substring(end));
    RequestPath.Parsed parsed = RequestPath.parse(target);
    String path = parsed.path();
    if (path == null) {
      throw new IllegalArgumentException(
          "answered with 400 before any route is looked at: the path holds " + parsed.refusedFor());
    }
    return Explanation.of(
        made,
        problems,
        new Explanation.Question(
            hostOf(authority), path, secure, new View(method, target, fields)));
  }

  /** One char per byte, as a request has it. */
  private static String targetOf(String rest) {
    int fragment = rest.indexOf('#');
    String sent = fragment < 0 ? rest : rest.substring(0, fragment);
    String target = sent.startsWith("/") ? sent : "/" + sent;
    return new String(target.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static Map<String, String> fields(List<String> headers) {
    if (headers.size() > MOST_HEADERS) {
      throw new IllegalArgumentException(
          headers.size() + " headers (expected: at most " + MOST_HEADERS + ")");
    }
    Map<String, String> fields = new HashMap<>();
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon <= 0) {
        throw new IllegalArgumentException(header + ": no header (expected: Name: value)");
      }
      fields.putIfAbsent(
          header.substring(0, colon).strip().toLowerCase(Locale.ROOT),
          header.substring(colon + 1).strip());
    }
    return fields;
  }

  /** Lower case, without port and without a dot at its end. */
  private static String hostOf(String authority) {
    String host = authority.toLowerCase(Locale.ROOT);
    int colon = host.lastIndexOf(':');
    host = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }
}
