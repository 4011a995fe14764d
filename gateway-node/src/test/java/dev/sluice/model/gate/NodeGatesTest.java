package dev.sluice.model.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.ModelLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeGatesTest {
  private static final long SECOND = 1_000_000_000;
  private static final ModelLimit TEN =
      new ModelLimit(List.of(), 10, 0, 0, new ModelLimit.Queue(9, 9, Duration.ofSeconds(20)));
  private static final ModelLimit RATED =
      new ModelLimit(List.of("m*"), 0, 60, 1000, ModelLimit.Queue.DEFAULT);
  private static final GateSettings SETTINGS =
      new GateSettings(Duration.ofSeconds(10), Duration.ofSeconds(1), 3);

  /** What a node says, and what its calls are told, as words. */
  private static final class Words implements GateLink, GateAnswer {
    private final List<String> said = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private long at;
    private @Nullable NodeState state;

    @Override
    public void ask(String gate, long at, GateRule rule, Wish wish) {
      this.at = at;
      said.add("ask " + gate + " " + wish.number() + " " + wish.waitMillis());
    }

    @Override
    public void over(String gate, long at, long number) {
      said.add("over " + number);
    }

    @Override
    public void spent(String gate, long at, long ageMillis, long moreTokens) {
      said.add("spent " + ageMillis + " " + moreTokens);
    }

    @Override
    public void state(
        String gate,
        long at,
        long term,
        long removedMillis,
        @Nullable GateRule rule,
        NodeState state) {
      this.at = at;
      this.state = state;
      said.add("state " + gate + " " + (rule == null ? "none" : "" + removedMillis));
    }

    @Override
    public void in(int position) {
      told.add("in " + position);
    }

    @Override
    public void out(int position, Duration retryAfter) {
      told.add("out " + position + " " + retryAfter.toMillis());
    }

    @Override
    public void unknown() {
      told.add("unknown");
    }

    @Override
    public void lost() {
      told.add("lost");
    }
  }

  private long now = 7 * SECOND;
  private final NodeGates gates = new NodeGates("here", SETTINGS, () -> now);
  private final Words words = new Words();

  @BeforeEach
  void connect() {
    gates.connect(words);
  }

  private GatePass ask(ModelLimit limit, boolean patient) {
    return gates.ask("d/p", limit, "t", 100, patient, words);
  }

  @Test
  void aCallGoesInAndOutAndLeavesNothing() {
    GatePass pass = ask(TEN, true);
    assertThat(words.said).containsExactly("ask d/p 1 20000");
    gates.in("d/p", 5, words.at, 1, 2);
    assertThat(words.told).containsExactly("in 2");
    assertThat(pass.leftNanos()).isEqualTo(9 * SECOND);
    assertThat(gates.standings()).containsEntry("d/p", new NodeGates.Standing(1, 0));
    pass.over();
    pass.over();
    assertThat(words.said).containsExactly("ask d/p 1 20000", "over 1");
    gates.renew();
    assertThat(gates.standings()).isEmpty();
  }

  @Test
  void whoIsLetInAfterItHasGoneGivesItsPlaceBack() {
    ask(TEN, true).over();
    gates.in("d/p", 5, words.at, 1, 0);
    assertThat(words.told).isEmpty();
    assertThat(words.said).endsWith("over 1", "over 1");
  }

  @Test
  void oneWhoDoesNotDecideAnyMoreLetsNobodyIn() {
    ask(TEN, true);
    gates.tell("d/p", 6);
    gates.in("d/p", 5, words.at, 1, 0);
    assertThat(words.told).isEmpty();
    gates.in("d/p", 6, words.at, 1, 0);
    assertThat(words.told).containsExactly("in 0");
  }

  @Test
  void aPlaceThatWasGivenTooLongAgoIsNone() {
    ask(TEN, true);
    long asked = words.at;
    now += 9 * SECOND;
    gates.in("d/p", 5, asked, 1, 0);
    assertThat(words.told).containsExactly("unknown");
    assertThat(words.said).endsWith("over 1");
  }

  @Test
  void placesStayAsLongAsThisNodeIsHeard() {
    GatePass pass = ask(TEN, true);
    gates.in("d/p", 5, words.at, 1, 0);
    now += 5 * SECOND;
    gates.renew();
    assertThat(words.state.inside()).containsExactly(new NodeState.Stay(1, "t"));
    gates.heard("d/p", 5, words.at);
    now += 8 * SECOND;
    assertThat(pass.leftNanos()).isEqualTo(SECOND);
    now += SECOND;
    gates.renew();
    assertThat(words.told).containsExactly("in 0", "lost");
    assertThat(words.state.inside()).isEmpty();
  }

  @Test
  void aCallIsToldThatItsPlaceIsAnothersNow() {
    ask(TEN, true);
    gates.in("d/p", 5, words.at, 1, 0);
    gates.out("d/p", 5, 1, 0, 1000);
    assertThat(words.told).containsExactly("in 0", "lost");
  }

  @Test
  void aCallThatIsNotLetInIsToldWhereItStands() {
    ask(TEN, false);
    gates.out("d/p", 5, 1, 4, 7000);
    gates.out("d/p", 5, 1, 4, 7000);
    assertThat(words.told).containsExactly("out 4 7000");
  }

  @Test
  void noMoreWaitThanSettingsSay() {
    for (int i = 0; i < 4; i++) {
      ask(TEN, true);
    }
    assertThat(words.told).containsExactly("out 4 1000");
    assertThat(words.said).hasSize(3);
  }

  @Test
  void tellsANewOneWhoDecidesAllThatIsHereAndThatThereIsNothing() {
    ask(TEN, true);
    gates.tell("d/p", 9);
    assertThat(words.state.waiting()).hasSize(1);
    assertThat(words.state.waiting().get(0).waitMillis()).isEqualTo(20_000);
    gates.tell("other", 9);
    assertThat(words.said).endsWith("state other none");
  }

  @Test
  void tellsHowLongAgoANodeWasSeenToBeGone() {
    ask(TEN, true);
    gates.removed();
    now += 3 * SECOND;
    gates.renew();
    assertThat(words.said).endsWith("state d/p 3000");
  }

  @Test
  void remembersForAMinuteWhatHasBegunWhereThatCounts() {
    GatePass pass = ask(RATED, true);
    String gate = "d/p/m*";
    gates.in(gate, 5, words.at, 1, 0);
    now += 2 * SECOND;
    pass.over();
    pass.used(30);
    assertThat(words.said).endsWith("over 1", "spent 2000 -70");
    gates.renew();
    assertThat(words.state.used()).containsExactly(new NodeState.Used(1000, 1, 30));
    now += 60 * SECOND;
    gates.renew();
    assertThat(gates.standings()).isEmpty();
  }

  @Test
  void withoutAClusterCallsWaitAndAreToldOfOnceThereIsOne() {
    gates.connect(null);
    ask(TEN, true);
    assertThat(words.said).isEmpty();
    gates.connect(words);
    assertThat(words.state.waiting()).hasSize(1);
  }
}
