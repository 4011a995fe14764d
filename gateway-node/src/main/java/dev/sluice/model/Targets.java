package dev.sluice.model;

import dev.sluice.ingress.ModelProvider;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The targets of one worker, each made once for as long as its provider is declared as it is. Forgotten all at once when they
 * are many.
 */
final class Targets {
  /** Names of models come from callers. */
  private static final int MOST = 4096;

  private record Name(String model, int key) {}

  private final BiFunction<ModelProvider, String, Optional<Target>> made;
  private final IdentityHashMap<ModelProvider, Map<Name, Optional<Target>>> known =
      new IdentityHashMap<>();
  private int count;

  /** @param made the target for a model of a provider; empty if it has no such model */
  Targets(BiFunction<ModelProvider, String, Optional<Target>> made) {
    this.made = made;
  }

  /**
   * A model of a provider, as it is called with one of its keys; empty if the provider has no such model.
   *
   * @param key index among the provider's keys; 0 if it has one or none
   */
  Optional<Target> of(ModelProvider provider, int key, String model) {
    Map<Name, Optional<Target>> models = known.get(provider);
    Optional<Target> target = models == null ? null : models.get(new Name(model, key));
    return target == null ? remember(provider, key, model) : target;
  }

  private Optional<Target> remember(ModelProvider provider, int key, String model) {
    if (count >= MOST) {
      known.clear();
      count = 0;
    }
    count++;
    ModelProvider as = key == 0 ? provider : provider.with(provider.keys().get(key));
    Optional<Target> target = made.apply(as, model);
    known.computeIfAbsent(provider, one -> new HashMap<>()).put(new Name(model, key), target);
    return target;
  }
}
