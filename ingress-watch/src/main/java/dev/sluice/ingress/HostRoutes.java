package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one host. Exact paths go before regular expressions, those before prefixes; longer before shorter;
 * more conditions before fewer; then as given.
 */
public final class HostRoutes {
  private static final Comparator<Route> BY_CONDITIONS = Comparator.<Route>comparingInt(
          route -> route.method() == null ? 1 : 0)
      .thenComparingInt(route -> -route.conditions().size());

  private final Map<String, List<Route>> exact = new HashMap<>();
  private final List<Route> regexes = new ArrayList<>();
  private final Map<String, List<Route>> prefixes = new HashMap<>();
  private final int count;
  private final String digest;
  private final boolean asksForCertificates;

  /** @param routes oldest first */
  HostRoutes(List<Route> routes) {
    this.count = routes.size();
    this.digest = Digest.of(routes.toString());
    this.asksForCertificates = routes.stream()
        .anyMatch(route -> route.filters().stream()
            .anyMatch(filter -> filter instanceof Filter.ClientCertificate));
    for (Route route : routes) {
      if (route.path() instanceof PathRule.Exact path) {
        exact.computeIfAbsent(path.path(), none -> new ArrayList<>(1)).add(route);
      } else if (route.path() instanceof PathRule.Prefix path) {
        prefixes.computeIfAbsent(path.path(), none -> new ArrayList<>(1)).add(route);
      } else {
        regexes.add(route);
      }
    }
    exact.values().forEach(same -> same.sort(BY_CONDITIONS));
    prefixes.values().forEach(same -> same.sort(BY_CONDITIONS));
    regexes.sort(Comparator.<Route>comparingInt(route -> -pattern(route).length())
        .thenComparing(HostRoutes::pattern, Comparator.reverseOrder())
        .thenComparing(BY_CONDITIONS));
  }

  private static String pattern(Route route) {
    return ((PathRule.Regex) route.path()).pattern().pattern();
  }

  /** Whether clients are asked for a certificate when they connect to this host. */
  public boolean asksForCertificates() {
    return asksForCertificates;
  }

  /** Equal for equal routes. */
  String digest() {
    return digest;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** All of them in the order in which they are tried: what is first to take a request is its {@link #match}. */
  List<Route> inOrder() {
    List<Route> all = new ArrayList<>();
    new TreeMap<>(exact).values().forEach(all::addAll);
    all.addAll(regexes);
    prefixes.entrySet().stream()
        .sorted(Comparator.<Map.Entry<String, List<Route>>>comparingInt(
                entry -> -entry.getKey().length())
            .thenComparing(Map.Entry::getKey))
        .forEach(entry -> all.addAll(entry.getValue()));
    return all;
  }

  /** The best route for this request, or null if none takes it. */
  public @Nullable Route match(String path, RequestView request) {
    Route found = firstOf(exact.get(path), request);
    if (found != null) {
      return found;
    }
    for (Route route : regexes) {
      if (route.path().matches(path) && route.takes(request)) {
        return route;
      }
    }
    if (prefixes.isEmpty()) {
      return null;
    }
    int end = path.endsWith("/") ? path.length() - 1 : path.length();
    while (true) {
      found = firstOf(prefixes.get(path.substring(0, end)), request);
      if (found != null || end == 0) {
        return found;
      }
      end = path.lastIndexOf('/', end - 1);
    }
  }

  private static @Nullable Route firstOf(@Nullable List<Route> candidates, RequestView request) {
    if (candidates != null) {
      for (Route route : candidates) {
        if (route.takes(request)) {
          return route;
        }
      }
    }
    return null;
  }
}
