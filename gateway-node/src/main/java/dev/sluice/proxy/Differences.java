package dev.sluice.proxy;

import dev.sluice.ingress.Route;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of how it answers otherwise than another gateway. Differences of the same kind, of the same object and
 * host, are one with a count. Safe for use by all workers at once.
 */
public final class Differences {
  /**
   * One kind of difference, shown by the request that had it last.
   *
   * @param object that declares the route, or {@code none}
   * @param what {@code status}, {@code body} or {@code header NAME}
   * @param path without its query
   */
  public record Kept(
      String host,
      String object,
      String what,
      long count,
      Instant firstSeen,
      Instant lastSeen,
      String method,
      String path,
      String ours,
      String theirs) {}

  private record Key(String host, String object, String what) {}

  private static final int MOST_CHARS = 200;

  private final int most;
  private final Clock clock;
  private final ShadowLog log;
  private final Map<String, LongAdder> results = new ConcurrentHashMap<>();
  private final Map<Key, Kept> kept = new HashMap<>();
  private long notKept;

  /** @param most kinds that are kept; of others only their number */
  public Differences(int most, Clock clock, ShadowLog log) {
    this.most = most;
    this.clock = clock;
    this.log = log;
  }

  void compared(String result) {
    results.computeIfAbsent(result, none -> new LongAdder()).increment();
    log.compared(result);
  }

  void add(Inbound request, List<Comparison.Difference> differences) {
    Route route = request.route();
    for (Comparison.Difference one : differences) {
      log.differs(route, one.what());
      add(request, route, one);
    }
  }

  private synchronized void add(
      Inbound request, @Nullable Route route, Comparison.Difference difference) {
    String object = route == null ? "none" : route.declaredBy().toString();
    Key key = new Key(shortened(request.arrival().head().host()), object, difference.what());
    Kept before = kept.get(key);
    if (before == null && kept.size() >= most) {
      notKept++;
      return;
    }
    Instant now = clock.instant();
    kept.put(
        key,
        new Kept(
            key.host(),
            object,
            difference.what(),
            before == null ? 1 : before.count() + 1,
            before == null ? now : before.firstSeen(),
            now,
            request.method(),
            shortened(request.path()),
            difference.ours(),
            difference.theirs()));
  }

  private static String shortened(String text) {
    return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS) + " …";
  }

  /** How many requests came to what, by result. */
  public Map<String, Long> results() {
    Map<String, Long> all = new TreeMap<>();
    results.forEach((result, count) -> all.put(result, count.sum()));
    return all;
  }

  /** The most frequent first. */
  public synchronized List<Kept> all() {
    List<Kept> all = new ArrayList<>(kept.values());
    all.sort(Comparator.comparingLong(Kept::count)
        .reversed()
        .thenComparing(Kept::host)
        .thenComparing(Kept::object)
        .thenComparing(Kept::what));
    return all;
  }

  /** Differences of kinds for which there was no room. */
  public synchronized long notKept() {
    return notKept;
  }
}
