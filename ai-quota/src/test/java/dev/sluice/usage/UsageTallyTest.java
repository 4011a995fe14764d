package dev.sluice.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UsageTallyTest {
  private static final long HOUR = 3_600_000;

  private static Spent spent(String key, String model) {
    return new Spent("shop", "web", key, model, "p/m", Spent.Source.PROVIDER, 1, 2, 3, 4, 5, 6);
  }

  @Test
  void callsOfAnHourAddUpAndABatchBeginsAnew() {
    UsageTally tally = new UsageTally(10);
    tally.add(spent("a", "m"), 5 * HOUR + 1);
    tally.add(spent("a", "m"), 5 * HOUR + 2);
    tally.add(spent("a", "m"), 6 * HOUR);
    Map<UsageLine, UsageCounts.Sums> batch = tally.take();
    assertThat(batch).hasSize(2);
    assertThat(batch.get(UsageLine.of(spent("a", "m"), 5 * HOUR)))
        .isEqualTo(new UsageCounts.Sums(2, 2, 4, 6, 8, 10, 12));
    assertThat(tally.take()).isEmpty();
  }

  @Test
  void tooManyLinesAreCountedTogetherAndFarTooManyAreCountedAsLost() {
    UsageTally tally = new UsageTally(10);
    for (int i = 0; i < 100; i++) {
      tally.add(spent("a", "model-" + i), HOUR);
    }
    assertThat(tally.lines()).isEqualTo(11);
    assertThat(tally.lost()).isZero();
    for (int i = 0; i < 100; i++) {
      tally.add(spent("key-" + i, "m"), HOUR);
    }
    assertThat(tally.lines()).isEqualTo(20);
    assertThat(tally.lost()).isEqualTo(91);
    assertThat(requests(tally.take()) + tally.lost()).isEqualTo(200);
  }

  /** A line that began just as a batch was taken was in that batch no longer, and in the next one not yet: lost, untold. */
  @Test
  void aCallThatEndsWhileABatchIsTakenIsInThatOneOrTheNext() {
    UsageTally tally = new UsageTally(1_000_000);
    int callers = 4;
    int calls = 20_000;
    List<CompletableFuture<Void>> adding = IntStream.range(0, callers)
        .mapToObj(caller -> CompletableFuture.runAsync(() -> {
          for (int i = 0; i < calls; i++) {
            tally.add(spent("key-" + caller + "-" + i, "m"), HOUR);
          }
        }))
        .toList();
    long counted = 0;
    while (!adding.stream().allMatch(CompletableFuture::isDone)) {
      counted += requests(tally.take());
    }
    assertThat(counted + requests(tally.take())).isEqualTo((long) callers * calls);
  }

  private static long requests(Map<UsageLine, UsageCounts.Sums> batch) {
    return batch.values().stream().mapToLong(UsageCounts.Sums::requests).sum();
  }

  /** Callers choose names of models; PostgreSQL takes no NUL and columns have an end. */
  @Test
  void namesOfModelsFitTheirColumn() {
    UsageLine line = UsageLine.of(spent("a", "x\0y" + "z".repeat(1_000)), HOUR);
    assertThat(line.model()).hasSize(256).startsWith("x yz");
  }
}
