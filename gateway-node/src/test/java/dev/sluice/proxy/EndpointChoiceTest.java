package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.Action.Endpoint;
import dev.sluice.ingress.Action.WeightedBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointChoiceTest {
  private static final Endpoint ONE = new Endpoint("127.0.2.1", 1);
  private static final Endpoint TWO = new Endpoint("127.0.2.1", 2);
  private static final Endpoint THREE = new Endpoint("127.0.2.1", 3);

  private final EndpointChoice choice = new EndpointChoice();

  private static Backend backend(String name, Endpoint... endpoints) {
    return new Backend(name, List.of(endpoints));
  }

  @Test
  void takesEndpointsInTurnWhateverOthersDo() {
    Backend backend = backend("a/b:80", ONE, TWO, THREE);
    Backend other = backend("a/c:80", ONE, TWO);
    List<Endpoint> taken = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      taken.add(choice.endpoint(backend));
      choice.endpoint(other);
    }
    assertThat(taken.subList(0, 3)).containsExactlyInAnyOrder(ONE, TWO, THREE);
    assertThat(taken.subList(3, 6)).isEqualTo(taken.subList(0, 3));
  }

  @Test
  void goesOnWhenEndpointsComeAndGo() {
    for (int i = 0; i < 100; i++) {
      assertThat(choice.endpoint(backend("b", ONE, TWO, THREE))).isIn(ONE, TWO, THREE);
      assertThat(choice.endpoint(backend("b", TWO))).isEqualTo(TWO);
      assertThat(choice.endpoint(backend("b"))).isNull();
      assertThat(choice.endpoint(backend("b", ONE, THREE))).isIn(ONE, THREE);
    }
  }

  @Test
  void drawsBackendsByWeightAndNeverOneOfWeightNought() {
    List<WeightedBackend> backends = List.of(
        new WeightedBackend(0, backend("never", ONE)),
        new WeightedBackend(3, backend("often", ONE)),
        new WeightedBackend(0, backend("never", ONE)),
        new WeightedBackend(1, backend("seldom", ONE)));
    Map<String, Integer> drawn = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      drawn.merge(choice.backend(backends).name(), 1, Integer::sum);
    }
    assertThat(drawn).containsOnlyKeys("often", "seldom");
    // 15,000 are expected; beyond 1,000 off lies less than one run in 10^50
    assertThat(drawn.get("often")).isBetween(14_000, 16_000);
  }

  @Test
  void aSingleBackendIsTakenWhateverItsWeightAndOfAllNoughtTheFirst() {
    assertThat(choice
            .backend(List.of(new WeightedBackend(0, backend("only", ONE))))
            .name())
        .isEqualTo("only");
    assertThat(choice
            .backend(List.of(
                new WeightedBackend(0, backend("first", ONE)),
                new WeightedBackend(0, backend("second", ONE))))
            .name())
        .isEqualTo("first");
    assertThat(choice.backend(List.of())).isNull();
  }
}
