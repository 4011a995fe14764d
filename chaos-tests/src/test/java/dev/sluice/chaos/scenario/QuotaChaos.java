package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.chaos.scenario.QuotaRun.Outcome;
import dev.sluice.chaos.scenario.QuotaRun.Terms;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * No limit is passed, whatever fails. Starts a node anew every 20 s, so it wants a machine to itself: {@code ./sluice chaos}
 * runs it, and not the build.
 */
class QuotaChaos {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void noLimitIsPassedWhileNodesAndTheDatabaseAreKilled() throws Exception {
    Terms terms = new Terms(
        QuotaChaosIT.HOST, QuotaChaosIT.SEED, QuotaChaosIT.SECONDS * 1_000, true, List.of());
    Outcome outcome = QuotaChaosIT.run(folder, terms, "chaos");
    assertThat(outcome.wrong()).isEmpty();
    QuotaChaosIT.assertReached(outcome);
  }
}
