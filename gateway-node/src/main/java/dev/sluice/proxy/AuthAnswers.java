package dev.sluice.proxy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** What authentication services have answered, for as long as routes say. */
final class AuthAnswers {
  private static final int MOST = 50_000;

  /**
   * One answer.
   *
   * @param fields by name, those that the route asks for
   * @param challenge WWW-Authenticate, or null
   */
  record Answer(
      int status,
      Map<String, String> fields,
      List<String> cookies,
      @Nullable String challenge) {}

  private record Kept(Answer answer, long untilNanos) {}

  private final ConcurrentMap<String, Kept> kept = new ConcurrentHashMap<>();

  @Nullable
  Answer get(String key, long nowNanos) {
    Kept found = kept.get(key);
    return found == null || nowNanos - found.untilNanos() > 0 ? null : found.answer();
  }

  void put(String key, Answer answer, long nowNanos, int seconds) {
    if (kept.size() >= MOST) {
      kept.values().removeIf(one -> nowNanos - one.untilNanos() > 0);
      if (kept.size() >= MOST) {
        kept.clear();
      }
    }
    kept.put(key, new Kept(answer, nowNanos + seconds * 1_000_000_000L));
  }
}
