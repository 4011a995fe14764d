package dev.sluice.model.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateLedgerTest {
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final long SECOND = 1_000_000_000;
  private static final GateRule TWO = new GateRule(2, 0, 0, 3, 2);

  private record Out(CallId call, int position, long retryMillis) {}

  private long now = 5 * SECOND;
  private long at;
  private final List<CallId> in = new ArrayList<>();
  private final Map<CallId, Integer> positions = new HashMap<>();
  private final List<Out> out = new ArrayList<>();
  private GateLedger ledger = fresh();

  private GateLedger fresh() {
    return new GateLedger(
        new GateLedger.Answers() {
          @Override
          public void in(CallId call, int position) {
            in.add(call);
            positions.put(call, position);
          }

          @Override
          public void out(CallId call, int position, long retryMillis) {
            out.add(new Out(call, position, retryMillis));
          }
        },
        LEASE,
        now);
  }

  private void ask(GateRule rule, String node, long number, String tenant, boolean patient) {
    at++;
    assertThat(ledger.heard(node, at, rule, now)).isTrue();
    ledger.ask(node, new Wish(number, tenant, 10, 30_000, patient), now);
  }

  private void ask(String node, long number, String tenant) {
    ask(TWO, node, number, tenant, true);
  }

  private void over(String node, long number) {
    at++;
    assertThat(ledger.heardAgain(node, at, now)).isTrue();
    ledger.over(node, number, now);
  }

  private static CallId call(String node, long number) {
    return new CallId(node, number);
  }

  @Test
  void letsInAsManyAsItsRuleHasAndTheNextWhenOneGoes() {
    ledger.learned(now);
    ask("a", 1, "t");
    ask("b", 1, "t");
    ask("a", 2, "t");
    assertThat(in).containsExactly(call("a", 1), call("b", 1));
    assertThat(positions).containsEntry(call("a", 1), 0);
    over("b", 1);
    assertThat(in).containsExactly(call("a", 1), call("b", 1), call("a", 2));
    assertThat(positions).containsEntry(call("a", 2), 1);
  }

  @Test
  void aCallThatDoesNotWaitIsToldAtOnceAndTakesNoPlace() {
    ledger.learned(now);
    ask("a", 1, "t");
    ask("a", 2, "t");
    ask(TWO, "a", 3, "t", false);
    assertThat(out).hasSize(1);
    assertThat(out.get(0).call()).isEqualTo(call("a", 3));
    assertThat(out.get(0).position()).isEqualTo(1);
    assertThat(ledger.waiting()).isZero();
  }

  @Test
  void aQueueIsBoundedForEachTenantAndInAll() {
    ledger.learned(now);
    ask("a", 1, "t");
    ask("a", 2, "t");
    ask("a", 3, "t");
    ask("a", 4, "t");
    ask("a", 5, "t");
    assertThat(out).extracting(Out::call).containsExactly(call("a", 5));
    assertThat(out.get(0).position()).isEqualTo(3);
    ask("a", 6, "u");
    ask("a", 7, "v");
    assertThat(out).extracting(Out::call).containsExactly(call("a", 5), call("a", 7));
    assertThat(ledger.waiting()).isEqualTo(3);
  }

  @Test
  void whoWaitsTooLongIsToldWhereItStandsAndWhenToComeBack() {
    ledger.learned(now);
    ask("a", 1, "t");
    ask("a", 2, "t");
    ask("a", 3, "t");
    now += 14 * SECOND;
    at++;
    ledger.heardAgain("a", at, now);
    now += 14 * SECOND;
    at++;
    ledger.heardAgain("a", at, now);
    ledger.pass(now);
    assertThat(out).isEmpty();
    now += 2 * SECOND;
    ledger.pass(now);
    assertThat(out).extracting(Out::call).containsExactly(call("a", 3));
    assertThat(out.get(0).position()).isEqualTo(1);
    assertThat(out.get(0).retryMillis()).isGreaterThanOrEqualTo(1000);
  }

  @Test
  void retryAfterGoesByHowFastTheQueueMovesAndHowLongItIs() {
    GateRule one = new GateRule(1, 0, 0, 4, 4);
    ledger.learned(now);
    for (int i = 1; i <= 9; i++) {
      ask(one, "a", i, "t", true);
      if (i < 5) {
        continue;
      }
      now += 2 * SECOND;
      over("a", i - 4);
    }
    out.clear();
    ask(one, "a", 100, "t", true);
    ask(one, "a", 101, "t", true);
    assertThat(out).hasSize(1);
    assertThat(out.get(0).position()).isEqualTo(5);
    assertThat(out.get(0).retryMillis()).isBetween(9_000L, 11_000L);
  }

  @Test
  void whoLeavesTheQueueIsForgotten() {
    ledger.learned(now);
    ask("a", 1, "t");
    ask("a", 2, "t");
    ask("a", 3, "t");
    over("a", 3);
    assertThat(ledger.waiting()).isZero();
    over("a", 1);
    assertThat(in).doesNotContain(call("a", 3));
    assertThat(ledger.inside()).isEqualTo(1);
  }

  @Test
  void aNodeThatIsNotHeardOfGivesItsPlacesBackAfterItsLease() {
    ledger.learned(now);
    ask("dead", 1, "t");
    ask("dead", 2, "t");
    now += LEASE.toNanos() - 1;
    ask("a", 1, "t");
    assertThat(in).hasSize(2);
    now += 1;
    ledger.pass(now);
    assertThat(in).endsWith(call("a", 1));
    assertThat(ledger.inside()).isEqualTo(1);
  }

  @Test
  void letsNobodyInBeforeItKnowsWhatNodesHave() {
    ask("a", 1, "t");
    assertThat(in).isEmpty();
    ledger.learned(now);
    assertThat(in).containsExactly(call("a", 1));
  }

  @Test
  void aCallThatDoesNotWaitWaitsForThat() {
    ask(TWO, "a", 1, "t", false);
    assertThat(out).isEmpty();
    ledger.learned(now);
    assertThat(in).containsExactly(call("a", 1));
  }

  private void state(GateRule rule, String node, List<Long> inside, List<NodeState.Used> used) {
    at++;
    assertThat(ledger.heard(node, at, rule, now)).isTrue();
    ledger.state(
        node,
        new NodeState(
            inside.stream().map(one -> new NodeState.Stay(one, "t")).toList(), List.of(), used),
        now);
  }

  @Test
  void whatItDoesNotKnowOfCountsUntilItCantRunAnyMore() {
    GateRule ten = new GateRule(10, 0, 0, 100, 100);
    state(ten, "a", List.of(1L, 2L, 3L, 4L), List.of());
    ask(ten, "a", 9, "t", true);
    ask(ten, "a", 10, "t", true);
    assertThat(in).as("six may be those of a node that is gone").isEmpty();
    over("a", 1);
    assertThat(in).as("one for one").containsExactly(call("a", 9));
    now += LEASE.toNanos() - 1;
    state(ten, "a", List.of(2L, 3L, 4L, 9L), List.of());
    assertThat(in).hasSize(1);
    ask(ten, "a", 11, "t", true);
    now += 1;
    ledger.pass(now);
    assertThat(in).contains(call("a", 11));
  }

  @Test
  void whatANodeDoesNotNameIsOverAndWhatItMissedIsToldAgain() {
    ledger.learned(now);
    ask("a", 1, "t");
    ask("a", 2, "t");
    in.clear();
    at++;
    ledger.heardAgain("a", at, now);
    ledger.state(
        "a", new NodeState(List.of(), List.of(new Wish(2, "t", 1, 100, true)), List.of()), now);
    assertThat(in).containsExactly(call("a", 2));
    assertThat(ledger.inside()).isEqualTo(1);
  }

  @Test
  void aNodeThatComesBackTooLateFindsItsPlacesTaken() {
    ledger.learned(now);
    ask("paused", 1, "t");
    ask("paused", 2, "t");
    now += LEASE.toNanos();
    ask("b", 1, "t");
    ask("b", 2, "t");
    assertThat(in).endsWith(call("b", 1), call("b", 2));
    state(TWO, "paused", List.of(1L, 2L), List.of());
    assertThat(out).extracting(Out::call).containsExactly(call("paused", 1), call("paused", 2));
    assertThat(ledger.inside()).isEqualTo(2);
  }

  @Test
  void anOldMessageThatComesLateChangesNothing() {
    ledger.learned(now);
    ask("a", 1, "t");
    assertThat(ledger.heardAgain("a", at - 1, now)).isFalse();
    assertThat(ledger.heardAgain("b", at + 1, now)).isFalse();
  }

  @Test
  void whileNodesHaveDifferentRulesTheLowerCounts() {
    ledger.learned(now);
    ask(new GateRule(2, 0, 0, 9, 9), "a", 1, "t", true);
    ask(new GateRule(1, 0, 0, 9, 9), "b", 1, "t", true);
    assertThat(in).hasSize(1);
    ask(new GateRule(2, 0, 0, 9, 9), "b", 2, "t", true);
    assertThat(in).hasSize(2);
  }

  @Test
  void requestsOfAMinuteArePaced() {
    GateRule rule = new GateRule(0, 60, 0, 100, 100);
    ledger.learned(now);
    for (int i = 0; i < 25; i++) {
      ask(rule, "a", i, "t", true);
      over("a", i - 20);
    }
    assertThat(in).as("a sixth of it in ten seconds").hasSize(10);
    now += 11 * SECOND;
    ledger.pass(now);
    assertThat(in).hasSize(20);
    assertThat(out).isEmpty();
  }

  @Test
  void tokensOfAMinuteAreHeldAndPutRightAfterwards() {
    GateRule rule = new GateRule(0, 0, 25, 100, 100);
    ledger.learned(now);
    ask(rule, "a", 1, "t", true);
    ask(rule, "a", 2, "t", true);
    ask(rule, "a", 3, "t", true);
    assertThat(in).hasSize(2);
    at++;
    ledger.heardAgain("a", at, now);
    ledger.used(0, -6, now);
    assertThat(in).hasSize(3);
  }

  @Test
  void aCallOfMoreTokensThanAMinuteHasGoesAlone() {
    GateRule rule = new GateRule(0, 0, 5, 100, 100);
    ledger.learned(now);
    ask(rule, "a", 1, "t", true);
    ask(rule, "a", 2, "t", true);
    assertThat(in).hasSize(1);
    for (int i = 0; i < 6; i++) {
      now += 11 * SECOND;
      at++;
      ledger.heardAgain("a", at, now);
      ledger.pass(now);
    }
    assertThat(in.size() + out.size()).isEqualTo(2);
  }

  @Test
  void whoTakesOverCountsWhatNodesTellAndAllElseAsUsed() {
    GateRule rule = new GateRule(0, 12, 0, 100, 100);
    state(rule, "a", List.of(), List.of(new NodeState.Used(50_000, 8, 80)));
    ask(rule, "a", 1, "t", true);
    assertThat(in).isEmpty();
    now += 12 * SECOND;
    for (int i = 2; i < 12; i++) {
      ask(rule, "a", i, "t", true);
    }
    assertThat(in).as("the eight that are known are past").hasSize(8);
    now += 4 * SECOND;
    at++;
    ledger.heardAgain("a", at, now);
    ledger.pass(now);
    assertThat(in).as("four others may have begun just before").hasSize(8);
  }

  /**
   * Nodes that come and go, messages that are lost, a gate that dies again and again: what nodes have inside by their own rules
   * is never more than the limit. Nodes end what they have when their lease, counted from what was heard, is over.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void neverMoreInsideThanTheLimitWhateverIsKilled(long seed) {
    new World(seed).run(4000);
  }

  /** Nodes as they are, beside one ledger at a time. */
  private static final class World {
    private static final int LIMIT = 5;
    private static final GateRule RULE = new GateRule(LIMIT, 0, 0, 50, 50);
    private static final long SEEN_AFTER = 5 * SECOND;
    private static final long OWN_LEASE = LEASE.toNanos() * 9 / 10;

    private static final class Node {
      private final String name;
      private final Set<Long> inside = new HashSet<>();
      private final Map<Long, Wish> waiting = new TreeMap<>();
      private long end;

      Node(String name) {
        this.name = name;
      }
    }

    private final Random random;
    private final TreeMap<String, Node> nodes = new TreeMap<>();
    private final List<CallId> told = new ArrayList<>();
    private GateLedger ledger;
    private long now = 1;
    /** Those that nobody hears any more, and when others see that they are gone. What they have inside runs on. */
    private final Map<Node, Long> cutOff = new HashMap<>();

    private long lastSeen = -LEASE.toNanos() * 2;
    private long number;
    private int names;
    private int served;
    private final Set<String> known = new HashSet<>();

    World(long seed) {
      random = new Random(seed);
      ledger = born();
    }

    private GateLedger born() {
      known.clear();
      told.clear();
      return new GateLedger(
          new GateLedger.Answers() {
            @Override
            public void in(CallId call, int position) {
              told.add(call);
            }

            @Override
            public void out(CallId call, int position, long retryMillis) {
              Node node = nodes.get(call.node());
              if (node != null) {
                node.waiting.remove(call.number());
                node.inside.remove(call.number());
              }
            }
          },
          LEASE,
          now);
    }

    private void hear(Node node) {
      ledger.heard(node.name, now, RULE, now);
      node.end = now + OWN_LEASE;
    }

    private void deliver() {
      for (CallId call : List.copyOf(told)) {
        Node node = nodes.get(call.node());
        boolean lost = random.nextInt(10) == 0;
        if (node != null && !lost && node.waiting.remove(call.number()) != null) {
          node.inside.add(call.number());
          served++;
        }
      }
      told.clear();
    }

    private void state(Node node) {
      hear(node);
      known.add(node.name);
      ledger.state(
          node.name,
          new NodeState(
              node.inside.stream().map(one -> new NodeState.Stay(one, "t")).toList(),
              List.copyOf(node.waiting.values()),
              List.of()),
          now);
    }

    private void step() {
      now += random.nextInt(300_000_000) + 1;
      while (nodes.size() < 3) {
        names++;
        nodes.put("n" + names, new Node("n" + names));
      }
      List<Node> all = List.copyOf(nodes.values());
      Node node = all.get(random.nextInt(all.size()));
      int dice = random.nextInt(200);
      if (dice == 0) {
        cutOff.put(nodes.remove(node.name), now + SEEN_AFTER);
      } else if (dice == 1) {
        ledger = born();
      } else if (dice < 60) {
        state(node);
      } else if (dice < 130) {
        number++;
        Wish wish = new Wish(number, "t" + random.nextInt(3), 1, 20_000, true);
        node.waiting.put(number, wish);
        if (random.nextInt(10) > 0) {
          hear(node);
          ledger.ask(node.name, wish, now);
        }
      } else if (!node.inside.isEmpty()) {
        long one = node.inside.iterator().next();
        node.inside.remove(one);
        if (random.nextInt(10) > 0) {
          hear(node);
          ledger.over(node.name, one, now);
        }
      }
      cutOff.values().stream()
          .filter(seen -> seen <= now)
          .forEach(seen -> lastSeen = Math.max(lastSeen, seen));
      boolean allTold = cutOff.values().stream().allMatch(seen -> seen <= now)
          && known.containsAll(nodes.keySet());
      if (allTold && now - lastSeen >= LEASE.toNanos()) {
        ledger.learned(now);
      }
      ledger.pass(now);
      nodes.values().stream().filter(each -> each.end <= now).forEach(each -> each.inside.clear());
      deliver();
      nodes
          .values()
          .forEach(each -> each.waiting.values().removeIf(wish -> random.nextInt(400) == 0));
    }

    void run(int steps) {
      for (int i = 0; i < steps; i++) {
        step();
        int inside = Stream.concat(
                nodes.values().stream(), cutOff.keySet().stream().filter(node -> node.end > now))
            .mapToInt(one -> one.inside.size())
            .sum();
        assertThat(inside).as("step %s", i).isLessThanOrEqualTo(LIMIT);
      }
      assertThat(served).isGreaterThan(steps / 20);
    }
  }
}
