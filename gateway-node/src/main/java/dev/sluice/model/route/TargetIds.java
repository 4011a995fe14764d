package dev.sluice.model.route;

import dev.sluice.ingress.ModelProvider;
import java.util.ArrayList;
import java.util.List;

/**
 * What a target is known by, for health and load.
 *
 * @param target id of it, with whatever key
 * @param keys by which it can be asked, each as good as the others; a target that needs none has one without a name
 */
public record TargetIds(String target, List<Key> keys) {
  /**
   * @param id of the key, with whatever model
   * @param pairId of the key with this model
   */
  public record Key(String id, String pairId) {}

  public static TargetIds of(ModelProvider provider, String model) {
    return of(
        provider.name(),
        model,
        provider.keys().stream().map(ModelProvider.Key::name).toList());
  }

  /**
   * @param provider {@code namespace/name}
   * @param keys names; empty if it needs none
   */
  static TargetIds of(String provider, String model, List<String> keys) {
    String target = provider + "/" + model;
    List<Key> ids = new ArrayList<>(Math.max(1, keys.size()));
    for (String key : keys.isEmpty() ? List.of("") : keys) {
      ids.add(new Key("key " + provider + "#" + key, "limit " + target + "#" + key));
    }
    return new TargetIds("target " + target, ids);
  }
}
