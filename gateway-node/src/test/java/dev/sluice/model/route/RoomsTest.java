package dev.sluice.model.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.route.LimitFields.Left;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoomsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Rooms rooms = new Rooms(2, Duration.ofMinutes(1), Duration.ofHours(1));

  private double room(long seconds) {
    return rooms.room("k", 0, Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void areFullUntilSomethingIsSaid() {
    assertThat(room(0)).isEqualTo(Rooms.FULL);
    rooms.told("k", List.of(), 0);
    assertThat(room(0)).isEqualTo(Rooms.FULL);
  }

  @Test
  void areTheTightestLimitsUntilEachResets() {
    rooms.told(
        "k", List.of(new Left("requests", 5, 10, SECOND), new Left("tokens", 90, 100, null)), 0);
    assertThat(room(0)).isEqualTo(0.5);
    assertThat(room(1)).as("requests have reset").isEqualTo(0.9);
    assertThat(room(60)).as("what comes without its reset counts for a minute").isEqualTo(1);
  }

  @Test
  void ofALimitThatIsNotToldIsWhatItEverLeft() {
    rooms.told("k", List.of(new Left("tokens", 800, -1, null)), 0);
    assertThat(room(0)).isEqualTo(1);
    rooms.told("k", List.of(new Left("tokens", 200, -1, null)), 0);
    assertThat(room(0)).isEqualTo(0.25);
    rooms.told("k", List.of(new Left("requests", 1, 2, null)), 0);
    assertThat(room(0)).as("what is not said again still counts").isEqualTo(0.25);
  }

  @Test
  void countRequestsUnderWay() {
    rooms.told("k", List.of(new Left("requests", 6, 10, SECOND)), 0);
    assertThat(rooms.room("k", 2, 0)).isEqualTo(0.4);
    assertThat(rooms.room("k", 20, 0)).isZero();
    rooms.told("k", List.of(new Left("requests", 0, 0, SECOND)), 0);
    assertThat(rooms.room("k", 0, 0)).isZero();
  }

  @Test
  void areNotBelievedForLongerThanTheyMay() {
    rooms.told("k", List.of(new Left("tokens", 0, 10, Duration.ofDays(365))), 0);
    assertThat(room(3599)).isZero();
    assertThat(room(3600)).isEqualTo(1);
  }

  @Test
  void areKeptOfNoMoreKeysThanMayBe() {
    for (String key : List.of("a", "b", "k")) {
      rooms.told(key, List.of(new Left("tokens", 1, 10, null)), 0);
    }
    assertThat(room(0)).as("of others nothing is known").isEqualTo(1);
    rooms.told("a", List.of(new Left("tokens", 2, 10, null)), 0);
    assertThat(rooms.room("a", 0, 0)).isEqualTo(0.2);
  }
}
