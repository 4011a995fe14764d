package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.chaos.check.Limit;
import dev.sluice.chaos.scenario.QuotaRun.Outcome;
import dev.sluice.chaos.scenario.QuotaRun.Terms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * With nothing broken, what is charged is what was served, and limits are reached. {@code ./sluice chaos --calm} runs it for
 * longer, and {@link QuotaChaos} with faults.
 */
class QuotaChaosIT {
  static final long SECONDS = Long.getLong("sluice.chaos.seconds", 45);

  /** A shorter run on a busy machine may be over before all limits are reached. */
  private static final boolean LONG = SECONDS >= 120;

  static final long SEED = Long.getLong("sluice.chaos.seed", 1);
  static final String HOST = "127.0.7.141";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void withoutFaultsWhatIsChargedIsWhatWasServedAndNearlyAllCanBeUsed() throws Exception {
    Outcome outcome = run(folder, new Terms(HOST, SEED, SECONDS * 1_000, false, List.of()), "calm");
    assertThat(outcome.wrong()).isEmpty();
    assertReached(outcome);
    outcome.refused().forEach((limit, refused) -> {
      if (LONG && refused > 0) {
        assertThat(outcome.verdict().served().get(limit))
            .as("served of %s", limit)
            .isGreaterThanOrEqualTo(limit.amount() * usable(limit) / 100);
      }
    });
  }

  /** Percent. */
  private static long usable(Limit limit) {
    return limit.window() == Limit.Window.NONE || limit.window() == Limit.Window.DAY ? 99 : 95;
  }

  /** Limits that nobody reaches are no test of them. The last two are not meant to be reached. */
  static void assertReached(Outcome outcome) {
    assertThat(outcome.refused().values()).as("refusals").anyMatch(refused -> refused > 0);
    if (LONG) {
      List<Limit> limits = List.copyOf(outcome.refused().keySet());
      assertThat(limits.subList(0, limits.size() - 2))
          .allSatisfy(limit -> assertThat(outcome.refused().get(limit))
              .as("refusals of %s", limit)
              .isPositive());
    }
  }

  static Outcome run(Path folder, Terms terms, String name) throws Exception {
    System.out.println("seed " + terms.seed());
    try (QuotaRun run = new QuotaRun(folder, terms)) {
      Outcome outcome = run.run();
      System.out.println(outcome.report());
      Path reports = Files.createDirectories(Path.of("target", "chaos"));
      Files.writeString(reports.resolve(name + "-" + terms.seed() + ".txt"), outcome.report());
      return outcome;
    }
  }
}
