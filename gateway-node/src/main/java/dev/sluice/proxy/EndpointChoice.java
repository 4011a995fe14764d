package dev.sluice.proxy;

import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.Action.Endpoint;
import dev.sluice.ingress.Action.WeightedBackend;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Chooses backends by weight and their endpoints in turn, per worker. */
final class EndpointChoice {
  private static final int MOST_REMEMBERED = 100_000;

  private final Map<String, Integer> turns = new HashMap<>();

  /** One of the backends, by weight; null if there is none. */
  @Nullable
  Backend backend(List<WeightedBackend> backends) {
    if (backends.size() == 1) {
      return backends.get(0).backend();
    }
    int all = 0;
    for (WeightedBackend one : backends) {
      all += one.weight();
    }
    int drawn = all == 0 ? 0 : ThreadLocalRandom.current().nextInt(all);
    for (WeightedBackend one : backends) {
      if (drawn < one.weight() || all == 0) {
        return one.backend();
      }
      drawn -= one.weight();
    }
    return null;
  }

  /** The next endpoint in turn; null if none is ready. */
  @Nullable
  Endpoint endpoint(Backend backend) {
    List<Endpoint> ready = backend.endpoints();
    if (ready.size() <= 1) {
      return ready.isEmpty() ? null : ready.get(0);
    }
    if (turns.size() > MOST_REMEMBERED) {
      turns.clear();
    }
    int turn = turns.merge(backend.name(), 1, Integer::sum);
    return ready.get(Math.floorMod(turn, ready.size()));
  }
}
