package dev.sluice.proxy;

import dev.sluice.ingress.Action.Backend;
import dev.sluice.ingress.Action.Endpoint;
import dev.sluice.ingress.Action.WeightedBackend;
import dev.sluice.ingress.KeyHash;
import dev.sluice.ingress.Relay;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Chooses backends by weight and their endpoints: in turn, per worker, or by a key. */
final class EndpointChoice {
  private static final int MOST_REMEMBERED = 100_000;

  private final Map<String, Integer> turns = new HashMap<>();
  private final EndpointLoads loads = new EndpointLoads(ThreadLocalRandom.current());

  EndpointLoads loads() {
    return loads;
  }

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

  /** The next endpoint in turn that was not tried in vain, if there is one; null if none is ready. */
  @Nullable
  Endpoint endpoint(Backend backend, Set<Endpoint> failed) {
    Endpoint next = endpoint(backend);
    for (int i = 1; i < backend.endpoints().size() && next != null && failed.contains(next); i++) {
      next = endpoint(backend);
    }
    return next;
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

  /** The endpoint that this key belongs to: of a few endpoints more or less, few keys move. */
  static @Nullable Endpoint keyed(Backend backend, String key, Set<Endpoint> failed) {
    Endpoint best = null;
    long most = Long.MIN_VALUE;
    for (Endpoint one : backend.endpoints()) {
      long score = KeyHash.of(key + "|" + one.host() + ":" + one.port());
      if (!failed.contains(one) && (best == null || score > most)) {
        best = one;
        most = score;
      }
    }
    return best;
  }

  /** One of the few endpoints that share this key. */
  static @Nullable Endpoint ofSubset(Backend backend, String key, int size) {
    int groups = Math.max(1, (backend.endpoints().size() + size - 1) / size);
    int group = (int) Long.remainderUnsigned(KeyHash.of(key), groups);
    int from = group * size;
    int to = Math.min(from + size, backend.endpoints().size());
    return from >= to
        ? null
        : backend.endpoints().get(ThreadLocalRandom.current().nextInt(from, to));
  }

  /** The endpoint with this name of {@link #nameOf}, or null. */
  static @Nullable Endpoint named(Backend backend, String name) {
    for (Endpoint one : backend.endpoints()) {
      if (nameOf(one).equals(name)) {
        return one;
      }
    }
    return null;
  }

  static String nameOf(Endpoint endpoint) {
    return Long.toHexString(KeyHash.of("endpoint " + endpoint.host() + ":" + endpoint.port()));
  }

  static String nameOf(Backend backend) {
    return Long.toHexString(KeyHash.of("backend " + backend.name()));
  }

  /** Whether a request goes to the canary instead of the main backend. */
  static boolean takes(Relay.Canary canary, Inbound request) {
    if (canary.backend().endpoints().isEmpty()) {
      return false;
    }
    String sent = canary.header().isEmpty() ? null : request.header(canary.header());
    if (sent != null) {
      if (!canary.value().isEmpty()) {
        if (sent.equals(canary.value())) {
          return true;
        }
      } else if (canary.broken()) {
        return false;
      } else if (canary.pattern() != null) {
        if (canary.pattern().matcher(sent).find()) {
          return true;
        }
      } else if (sent.equals("always") || sent.equals("never")) {
        return sent.equals("always");
      }
    }
    String cookie = canary.cookie().isEmpty() ? null : Cookies.value(request, canary.cookie());
    if ("always".equals(cookie) || "never".equals(cookie)) {
      return "always".equals(cookie);
    }
    return ThreadLocalRandom.current().nextInt(canary.total()) < canary.weight();
  }
}
