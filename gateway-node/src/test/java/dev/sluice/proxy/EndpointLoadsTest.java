package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.Action.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Endpoints chosen by what is known of them. */
class EndpointLoadsTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final EndpointLoads loads = new EndpointLoads(new Random(7));

  private static Backend backend(int size) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      endpoints.add(new Endpoint("127.0.2.1", i));
    }
    return new Backend("a/b:80", endpoints);
  }

  @Test
  void requestsThatNeverEndAreSpreadEvenly() {
    Backend backend = backend(10);
    for (int i = 0; i < 10_000; i++) {
      Endpoint one = loads.leastRequests(backend, Set.of());
      loads.of(java.util.Objects.requireNonNull(one)).begun();
    }
    for (Endpoint one : backend.endpoints()) {
      assertThat(loads.of(one).running()).isBetween(990, 1010);
    }
  }

  @Test
  void anEndpointWithMoreRequestsThanAllOthersIsNeverChosen() {
    Backend backend = backend(3);
    Endpoint busy = backend.endpoints().get(1);
    loads.of(busy).begun();
    for (int i = 0; i < 1000; i++) {
      assertThat(loads.leastRequests(backend, Set.of())).isNotEqualTo(busy);
    }
    loads.of(busy).ended();
    Set<Endpoint> chosen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      chosen.add(loads.leastRequests(backend, Set.of()));
    }
    assertThat(chosen).hasSize(3);
  }

  @Test
  void theSlowestIsNotAskedUntilItsSlownessIsForgotten() {
    Backend backend = backend(3);
    long now = 5 * SECOND;
    for (int i = 0; i < 3; i++) {
      loads.of(backend.endpoints().get(i)).answered((i + 1) * SECOND, now);
    }
    Endpoint slow = backend.endpoints().get(2);
    for (int i = 0; i < 1000; i++) {
      assertThat(loads.fastest(backend, Set.of(), now)).isNotEqualTo(slow);
    }
    long later = now + 60 * SECOND;
    loads.of(backend.endpoints().get(0)).answered(SECOND, later);
    loads.of(backend.endpoints().get(1)).answered(SECOND, later);
    Map<Endpoint, Integer> chosen = new HashMap<>();
    for (int i = 0; i < 3000; i++) {
      Endpoint one = loads.fastest(backend, Set.of(), later);
      chosen.merge(java.util.Objects.requireNonNull(one), 1, Integer::sum);
    }
    assertThat(chosen.get(slow)).isBetween(1850, 2150);
  }

  @Test
  void whatFailedIsPassedOverUnlessNothingElseIsLeft() {
    Backend backend = backend(2);
    Endpoint one = backend.endpoints().get(0);
    Endpoint two = backend.endpoints().get(1);
    for (int i = 0; i < 100; i++) {
      assertThat(loads.leastRequests(backend, Set.of(one))).isEqualTo(two);
      assertThat(loads.fastest(backend, Set.of(two), SECOND)).isEqualTo(one);
      assertThat(loads.leastRequests(backend, Set.of(one, two))).isIn(one, two);
    }
    assertThat(loads.leastRequests(backend(0), Set.of())).isNull();
  }

  @Test
  void aKeyGoesToItsNextEndpointWhereItsOwnHasMoreThanItsShare() {
    Backend backend = backend(4);
    Map<Endpoint, Integer> chosen = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      Endpoint one = EndpointChoice.keyed(backend, "the same", loads.busy(backend, 1.25));
      loads.of(java.util.Objects.requireNonNull(one)).begun();
      chosen.merge(one, 1, Integer::sum);
    }
    assertThat(chosen).hasSize(4);
    chosen.values().forEach(count -> assertThat(count).isLessThanOrEqualTo(313));
    assertThat(chosen.get(EndpointChoice.keyed(backend, "the same", Set.of()))).isBetween(310, 313);
  }

  @Test
  void aKeyStaysWithItsEndpointWhileThatIsNotBusy() {
    Backend backend = backend(4);
    Endpoint own = EndpointChoice.keyed(backend, "key", Set.of());
    for (int i = 0; i < 100; i++) {
      assertThat(EndpointChoice.keyed(backend, "key", loads.busy(backend, 1.25)))
          .isEqualTo(own);
    }
  }
}
