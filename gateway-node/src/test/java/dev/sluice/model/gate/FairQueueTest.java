package dev.sluice.model.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.gate.FairQueue.Waiting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FairQueueTest {
  private final FairQueue queue = new FairQueue();
  private long number;

  private CallId add(String tenant, long cost) {
    number++;
    CallId id = new CallId("node", number);
    queue.add(new Waiting(id, tenant, cost, 0, true));
    return id;
  }

  private CallId add(String tenant) {
    return add(tenant, 1);
  }

  private String enterNext(boolean byInside) {
    Waiting next = queue.next(byInside);
    assertThat(next).isNotNull();
    queue.enter(next.id(), next.tenant(), next.cost());
    return next.tenant();
  }

  @Test
  void tenantsTakeTurnsHoweverManyCallsEachHas() {
    for (int i = 0; i < 8; i++) {
      add("many");
    }
    add("few");
    add("few");
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      order.add(enterNext(true));
    }
    assertThat(order).containsExactly("many", "few", "many", "few", "many", "many");
  }

  @Test
  void ofOneTenantWhoeverCameFirstGoesFirst() {
    CallId first = add("one");
    CallId second = add("one");
    assertThat(queue.next(true).id()).isEqualTo(first);
    enterNext(true);
    assertThat(queue.next(true).id()).isEqualTo(second);
  }

  @Test
  void whoHasFewestInsideIsNext() {
    for (int i = 0; i < 5; i++) {
      queue.enter(new CallId("node", -i), "long", 1);
    }
    add("long");
    add("short");
    assertThat(enterNext(true)).isEqualTo("short");
    queue.leave("short");
    add("short");
    assertThat(enterNext(true)).as("again, as it has none inside").isEqualTo("short");
  }

  @Test
  void byCostATenantOfDearCallsHasFewer() {
    for (int i = 0; i < 9; i++) {
      add("dear", 300);
      add("cheap", 100);
    }
    Map<String, Integer> had = new HashMap<>();
    for (int i = 0; i < 8; i++) {
      had.merge(enterNext(false), 1, Integer::sum);
    }
    assertThat(had).containsEntry("dear", 2).containsEntry("cheap", 6);
  }

  @Test
  void whoGoesForAMomentAndComesBackIsNotNewAgain() {
    for (int i = 0; i < 10; i++) {
      add("waiting");
    }
    Map<String, Integer> had = new HashMap<>();
    for (int i = 0; i < 10; i++) {
      add("hasty");
      String entered = enterNext(false);
      had.merge(entered, 1, Integer::sum);
      queue.leave(entered);
      if (entered.equals("waiting")) {
        queue.remove(new CallId("node", number));
      }
    }
    assertThat(had).containsEntry("waiting", 5).containsEntry("hasty", 5);
  }

  @Test
  void whoComesLateHasNoClaimToWhatOthersHadBefore() {
    for (int i = 0; i < 20; i++) {
      add("early");
    }
    for (int i = 0; i < 10; i++) {
      enterNext(false);
    }
    for (int i = 0; i < 10; i++) {
      add("late");
    }
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      order.add(enterNext(false));
    }
    assertThat(order).filteredOn("early"::equals).hasSizeBetween(2, 4);
  }

  @Test
  void tellsHowManyComeInBefore() {
    add("a");
    add("a");
    CallId third = add("a");
    CallId other = add("b");
    assertThat(queue.position(other)).isEqualTo(2);
    assertThat(queue.position(third)).isEqualTo(4);
    queue.remove(new CallId("node", 1));
    assertThat(queue.position(third)).isEqualTo(3);
    assertThat(queue.position(new CallId("node", 1))).isZero();
    assertThat(queue.size()).isEqualTo(3);
    assertThat(queue.sizeOf("a")).isEqualTo(2);
  }

  /**
   * Whatever tenants want: nobody has less than another one who has more than one call beyond it, unless it wants no more. Each
   * call stays as long as chance has it.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void sharesPlacesAsFairAsCanBe(long seed) {
    Random random = new Random(seed);
    int places = 10;
    List<String> inside = new ArrayList<>();
    Map<String, Integer> wants = new HashMap<>();
    for (int i = 0; i < 5; i++) {
      wants.put("t" + i, 1 + random.nextInt(12));
    }
    wants.forEach((tenant, clients) -> {
      for (int i = 0; i < clients; i++) {
        add(tenant);
      }
    });
    for (int step = 0; step < 2000; step++) {
      while (inside.size() < places && queue.next(true) != null) {
        inside.add(enterNext(true));
      }
      if (step > 200) {
        for (String one : wants.keySet()) {
          for (String other : wants.keySet()) {
            long has = inside.stream().filter(one::equals).count();
            long others = inside.stream().filter(other::equals).count();
            if (queue.sizeOf(one) > 0) {
              assertThat(others - has).as("%s over %s", other, one).isLessThanOrEqualTo(2);
            }
          }
        }
      }
      String gone = inside.remove(random.nextInt(inside.size()));
      queue.leave(gone);
      add(gone);
    }
  }
}
