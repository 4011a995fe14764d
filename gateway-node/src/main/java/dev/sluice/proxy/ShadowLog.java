package dev.sluice.proxy;

import dev.sluice.ingress.Route;
import org.jspecify.annotations.Nullable;

/** Counts comparisons with another gateway. Called on workers; never blocks. */
public interface ShadowLog {
  /** Counts nothing. */
  ShadowLog NONE = new ShadowLog() {
    @Override
    public void compared(String result) {}

    @Override
    public void differs(@Nullable Route route, String what) {}
  };

  /** @param result same, different, unsteady, or why a request was left out: one of a few words */
  void compared(String result);

  /** @param what as in {@link Differences.Kept} */
  void differs(@Nullable Route route, String what);
}
