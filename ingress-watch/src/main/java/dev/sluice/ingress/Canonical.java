package dev.sluice.ingress;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Of values that are equal, one: what ten thousand routes have in common stands in one place in memory, and stays near the
 * processor. Keeps nothing alive. Safe for use by many threads.
 */
final class Canonical {
  private static final Map<Object, WeakReference<Object>> KNOWN = new WeakHashMap<>();

  private Canonical() {}

  /** @param value of an immutable type with equality by value */
  @SuppressWarnings("unchecked")
  static <T> T of(T value) {
    synchronized (KNOWN) {
      WeakReference<Object> known = KNOWN.get(value);
      Object same = known == null ? null : known.get();
      if (same != null && same.getClass() == value.getClass()) {
        return (T) same;
      }
      KNOWN.put(value, new WeakReference<>(value));
      return value;
    }
  }
}
