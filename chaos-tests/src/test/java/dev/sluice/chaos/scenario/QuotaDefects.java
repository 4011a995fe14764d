package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.chaos.fault.Defect;
import dev.sluice.chaos.scenario.QuotaRun.Outcome;
import dev.sluice.chaos.scenario.QuotaRun.Terms;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each defect of the protocol is noticed by the judge of {@link QuotaRun}, on real nodes. Takes minutes, so {@code ./sluice
 * chaos --defects} runs it, and not the build: there, {@code LeaseProtocolTest} has the same defects.
 */
class QuotaDefects {
  private static final long SECONDS = Long.getLong("sluice.chaos.seconds", 75);
  private static final long SEED = Long.getLong("sluice.chaos.seed", 1);
  private static final String HOST = "127.0.7.145";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void reportsThatCountTwice() throws Exception {
    isNoticed(true, Defect.REPORTS_COUNT_TWICE);
  }

  @Test
  void aDeadNodesLeasesThatAreRefundedAtOnce() throws Exception {
    isNoticed(true, Defect.DEAD_NODES_ARE_REFUNDED);
  }

  /** The end of a day, with nothing else in the way. */
  @Test
  void deadlinesThatAreIgnored() throws Exception {
    isNoticed(
        false,
        Defect.DEADLINES_ARE_IGNORED,
        Defect.PAUSES_ARE_IGNORED,
        Defect.OVERDUE_LEASES_ARE_LEFT);
  }

  private void isNoticed(boolean breaks, Defect... defects) throws Exception {
    Path classes = Defect.compile(List.of(defects), folder.resolve("defect"));
    Terms terms = new Terms(HOST, SEED, SECONDS * 1_000, breaks, List.of(classes));
    try (QuotaRun run = new QuotaRun(folder, terms)) {
      Outcome outcome = run.run();
      System.out.println(List.of(defects) + "\n" + outcome.report());
      assertThat(outcome.wrong()).isNotEmpty();
    }
  }
}
