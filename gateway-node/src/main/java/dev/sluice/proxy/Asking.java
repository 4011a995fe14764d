package dev.sluice.proxy;

import dev.sluice.ingress.Action;
import dev.sluice.ingress.Explanation;
import dev.sluice.ingress.ModelExplanation;
import dev.sluice.ingress.Problem;
import dev.sluice.ingress.Reconciled;
import dev.sluice.ingress.RequestView;
import dev.sluice.ingress.TenantTable;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks what would become of a request, without sending one. Reads its path and query as those of requests are read. */
public final class Asking {
  private static final int MOST_URL_CHARS = 16_384;
  private static final int MOST_HEADERS = 200;
  private static final int MOST_MODEL_CHARS = 256;
  private static final int MOST_LISTED = 20;
  private static final String CHAT_COMPLETIONS = Action.Call.CHAT_COMPLETIONS.path();

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

  /**
   * A call of a model that is asked about.
   *
   * @param host empty for the one that has models, if there is only one such
   * @param path as a client would send it; empty for that of OpenAI's chat completions
   * @param headers each as {@code Name: value}
   */
  public record OfModel(String model, String host, String path, List<String> headers) {}

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
    String path = pathOf(target);
    return Explanation.of(
        made,
        problems,
        new Explanation.Question(
            hostOf(authority), path, secure, new View(method, target, fields)));
  }

  /**
   * Explains a call of a model.
   *
   * @param made what serves
   * @param live what a running node knows
   * @param caller null if nobody is named
   * @throws IllegalArgumentException that says what is wrong with the request
   */
  public static ModelExplanation explain(
      Reconciled made,
      List<Problem> problems,
      ModelExplanation.Live live,
      OfModel asked,
      TenantTable.@Nullable Spender caller) {
    if (asked.model().isEmpty() || asked.model().length() > MOST_MODEL_CHARS) {
      throw new IllegalArgumentException(
          "no model (expected: its name, of at most " + MOST_MODEL_CHARS + " characters)");
    }
    Map<String, String> fields = fields(asked.headers());
    String target = targetOf(asked.path().isEmpty() ? CHAT_COMPLETIONS : asked.path());
    String path = pathOf(target);
    String host = asked.host().isEmpty() ? fields.getOrDefault("host", "") : asked.host();
    return ModelExplanation.of(
        made,
        problems,
        live,
        new ModelExplanation.Question(
            asked.model(),
            host.isEmpty() ? null : hostOf(host),
            path,
            new View("POST", target, fields),
            caller));
  }

  /**
   * Who asks.
   *
   * @param tenant empty for the one that is declared with this key
   * @param key with its team's name before it, {@code k} or {@code t/k}; empty for the tenant itself
   * @return null if neither is given
   * @throws IllegalArgumentException if there is no such tenant or key
   */
  public static TenantTable.@Nullable Spender caller(
      TenantTable tenants, String tenant, String key) {
    if (tenant.isEmpty() && key.isEmpty()) {
      return null;
    }
    if (tenant.isEmpty()) {
      return onlyOne(tenants, key);
    }
    List<TenantTable.Spender> all = tenants.spenders(tenant);
    if (all.isEmpty()) {
      throw new IllegalArgumentException(tenant + ": no such tenant (expected: "
          + listed(new TreeSet<>(tenants.tenants().keySet())) + ")");
    }
    return all.stream()
        .filter(one -> one.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(
            key + ": the tenant " + tenant + " has no such key (expected: "
                + listed(all.stream()
                    .map(TenantTable.Spender::key)
                    .filter(one -> !one.isEmpty())
                    .toList())
                + ")"));
  }

  private static TenantTable.Spender onlyOne(TenantTable tenants, String key) {
    List<TenantTable.Spender> found = new TreeSet<>(tenants.tenants().keySet())
        .stream()
            .flatMap(tenant -> tenants.spenders(tenant).stream())
            .filter(one -> one.key().equals(key))
            .toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new IllegalArgumentException(
        found.isEmpty()
            ? key
                + ": no tenant that is declared has such a key (expected: its tenant, by --tenant, if it is kept in the database)"
            : key + ": a key of the tenants "
                + listed(found.stream().map(TenantTable.Spender::tenant).toList())
                + " (expected: one of them, by --tenant)");
  }

  private static String listed(Collection<String> names) {
    String some = names.stream().limit(MOST_LISTED).collect(Collectors.joining(", "));
    return names.isEmpty()
        ? "none is declared"
        : some
            + (names.size() > MOST_LISTED ? " and " + (names.size() - MOST_LISTED) + " more" : "");
  }

  private static String pathOf(String target) {
    RequestPath.Parsed parsed = RequestPath.parse(target);
    String path = parsed.path();
    if (path == null) {
      throw new IllegalArgumentException(
          "answered with 400 before any route is looked at: the path holds " + parsed.refusedFor());
    }
    return path;
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
