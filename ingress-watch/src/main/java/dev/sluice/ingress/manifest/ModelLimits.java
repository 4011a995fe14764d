package dev.sluice.ingress.manifest;

import dev.sluice.ingress.ModelLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a ModelProvider's limits say. */
final class ModelLimits {
  private static final int MOST_LIMITS = 64;
  private static final int MOST_MODELS = 16;
  private static final int MOST_IN_FLIGHT = 1_000_000;
  private static final long MOST_PER_MINUTE = 1L << 40;
  private static final int MOST_WAITING = 100_000;
  private static final Duration LEAST_WAIT = Duration.ofMillis(100);
  private static final Duration MOST_WAIT = Duration.ofMinutes(10);

  private ModelLimits() {}

  static List<ModelLimit> read(Value list) {
    List<ModelLimit> limits = new ArrayList<>();
    for (Value one : list.items(MOST_LIMITS)) {
      ModelLimit limit = limit(one);
      if (limits.stream().anyMatch(other -> other.models().equals(limit.models()))) {
        one.refuse("other models than those of the limits before it");
      }
      limits.add(limit);
    }
    return limits;
  }

  private static ModelLimit limit(Value one) {
    one.only("models", "maxInFlight", "requestsPerMinute", "tokensPerMinute", "queue");
    Value inFlight = one.field("maxInFlight");
    Value requests = one.field("requestsPerMinute");
    Value tokens = one.field("tokensPerMinute");
    if (!inFlight.exists() && !requests.exists() && !tokens.exists()) {
      one.refuse("at least one of maxInFlight, requestsPerMinute and tokensPerMinute");
    }
    Value queue = one.field("queue").only("length", "perTenant", "wait");
    ModelLimit.Queue standard = ModelLimit.Queue.DEFAULT;
    return new ModelLimit(
        SluiceKinds.models(one.field("models"), MOST_MODELS),
        (int) inFlight.number(1, MOST_IN_FLIGHT, 0),
        requests.number(1, MOST_PER_MINUTE, 0),
        tokens.number(1, MOST_PER_MINUTE, 0),
        new ModelLimit.Queue(
            (int) queue.field("length").number(0, MOST_WAITING, standard.length()),
            (int) queue.field("perTenant").number(0, MOST_WAITING, standard.perTenant()),
            queue.field("wait").duration(LEAST_WAIT, MOST_WAIT, standard.longest())));
  }
}
