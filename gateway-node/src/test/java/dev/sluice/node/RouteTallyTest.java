package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteTallyTest {
  private static final long MILLI = 1_000_000;

  private final RouteTally tally = new RouteTally();

  private List<String> told() {
    List<String> told = new ArrayList<>();
    tally.tell(new RouteTally.Told() {
      @Override
      public void requests(int status, long count) {
        told.add(count + " of " + status);
      }

      @Override
      public void times(long nanos, long count) {
        told.add(count + " took " + nanos);
      }
    });
    return told;
  }

  @Test
  void tellsWhatHasComeSinceTheLastTimeByStatusAndByTime() {
    tally.over(200, MILLI);
    tally.over(200, 3 * MILLI);
    tally.over(404, 6 * MILLI);
    assertThat(told()).containsExactly("2 of 200", "1 of 404", "2 took 2000000", "1 took 6000000");
    assertThat(told()).isEmpty();
    tally.over(404, 20_000 * MILLI);
    assertThat(told()).containsExactly("1 of 404", "1 took 20000000000");
  }

  @Test
  void theEndOfABucketBelongsToIt() {
    tally.over(200, 5 * MILLI);
    tally.over(200, 5 * MILLI + 1);
    assertThat(told()).containsExactly("2 of 200", "1 took 5000000", "1 took 5000001");
  }

  @Test
  void whatIsNoStatusIsNone() {
    tally.over(0, 1);
    tally.over(-7, 1);
    tally.over(1_000, 1);
    assertThat(told()).containsExactly("3 of 0", "3 took 1");
  }

  @Test
  void statusesWithoutRoomAreCountedTogether() {
    for (int status = 200; status < 220; status++) {
      tally.over(status, 1);
    }
    assertThat(told()).hasSize(17).contains("1 of 214", "5 of 0");
  }
}
