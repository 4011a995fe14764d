package dev.sluice.model.health;

import static dev.sluice.model.health.HealthSamples.SETTINGS;
import static dev.sluice.model.health.HealthSamples.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NodeHealthTest {
  private static final String ID = "target default/p/m";

  private long now;
  private final NodeHealth health = new NodeHealth("here", SETTINGS, () -> now);
  private final List<String> told = new ArrayList<>();
  private final List<String> wanted = new ArrayList<>();

  private final HealthLink cluster = new HealthLink() {
    @Override
    public void tell(String id, Sign sign, @Nullable Duration retryAfter) {
      told.add(id + " " + sign);
    }

    @Override
    public void wantsTrial(String id) {
      wanted.add(id);
    }
  };

  private boolean open() {
    return health.standing(ID) instanceof Standing.Open;
  }

  private void cool(int seconds) {
    health.tell(ID, Sign.LIMITED, Duration.ofSeconds(seconds));
  }

  private static HealthNews news(long version, int level, int seconds, String trial) {
    return new HealthNews(ID, version, level, Sign.LIMITED, seconds * 1000L, trial);
  }

  @Test
  void keepsNothingOfWhatIsWellAndTellsNobody() {
    health.connect(cluster);
    health.tell(ID, Sign.GOOD, null);
    assertThat(told).isEmpty();
    assertThat(health.cooling()).isEmpty();
    assertThat(health.begin(ID)).isEqualTo(NodeHealth.Begun.YES);
  }

  @Test
  void closesAtOnceByWhatItsOwnAttemptsHaveSeen() {
    cool(10);
    assertThat(health.standing(ID)).isEqualTo(new Standing.Closed(seconds(10), Sign.LIMITED));
    assertThat(health.begin(ID)).isEqualTo(NodeHealth.Begun.NO);
  }

  @Test
  void admitsOneOnTrialWhenItDecidesAlone() {
    cool(10);
    now = seconds(10);
    assertThat(open()).isTrue();
    assertThat(health.begin(ID)).isEqualTo(NodeHealth.Begun.ON_TRIAL);
    assertThat(open()).isFalse();
    assertThat(health.begin(ID)).isEqualTo(NodeHealth.Begun.NO);
    health.tell(ID, Sign.GOOD, null);
    assertThat(health.begin(ID)).isEqualTo(NodeHealth.Begun.YES);
  }

  @Test
  void admitsAnotherOneWhenATrialCameToNothingOrTakesTooLong() {
    cool(10);
    now = seconds(10);
    health.begin(ID);
    health.abandon(ID);
    assertThat(health.begin(ID)).isEqualTo(NodeHealth.Begun.ON_TRIAL);
    now += seconds(30);
    assertThat(health.begin(ID)).isEqualTo(NodeHealth.Begun.ON_TRIAL);
  }

  @Test
  void leavesTheTrialToTheNodeThatTheClusterNames() {
    health.connect(cluster);
    health.hear(news(5, 1, 10, "there"));
    assertThat(open()).isFalse();
    now = seconds(10);
    assertThat(open()).isFalse();
    assertThat(wanted).containsExactly(ID);
    assertThat(open()).isFalse();
    assertThat(wanted).as("it does not ask for each request").hasSize(1);
    health.hear(news(6, 1, 0, "here"));
    assertThat(health.begin(ID)).isEqualTo(NodeHealth.Begun.ON_TRIAL);
    health.connect(null);
  }

  @Test
  void goesOnAloneWhenTheClusterIsGone() {
    health.connect(cluster);
    health.hear(news(5, 1, 10, "there"));
    health.connect(null);
    assertThat(open()).as("a cool-down stays").isFalse();
    now = seconds(10);
    assertThat(health.begin(ID)).isEqualTo(NodeHealth.Begun.ON_TRIAL);
  }

  @Test
  void isNotTalkedOutOfACoolDownThatItKnowsOf() {
    health.connect(cluster);
    cool(30);
    health.hear(news(5, 0, 0, ""));
    assertThat(open()).isFalse();
    health.hear(news(6, 1, 10, "there"));
    assertThat(health.standing(ID)).isEqualTo(new Standing.Closed(seconds(30), Sign.LIMITED));
    health.hear(news(7, 1, 60, "there"));
    assertThat(health.standing(ID)).isEqualTo(new Standing.Closed(seconds(60), Sign.LIMITED));
  }

  @Test
  void isWellWhenTheClusterSaysSoAfterwards() {
    health.connect(cluster);
    health.hear(news(5, 1, 10, "there"));
    now = seconds(10);
    health.hear(news(6, 0, 0, ""));
    assertThat(health.begin(ID)).isEqualTo(NodeHealth.Begun.YES);
  }

  @Test
  void passesOverNewsThatAreOlderThanWhatItHasHeard() {
    health.connect(cluster);
    health.hear(news(6, 1, 10, "there"));
    health.hear(news(5, 1, 60, "here"));
    assertThat(health.standing(ID)).isEqualTo(new Standing.Closed(seconds(10), Sign.LIMITED));
  }

  @Test
  void keepsNoMoreInMindThanItMay() {
    for (int i = 0; i < 10; i++) {
      health.tell("target " + i, Sign.LIMITED, Duration.ofSeconds(5));
    }
    assertThat(health.cooling()).hasSize(4);
    assertThat(health.standing("target 9")).isEqualTo(Standing.OPEN);
  }
}
