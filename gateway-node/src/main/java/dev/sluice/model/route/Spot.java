package dev.sluice.model.route;

import java.util.ArrayList;
import java.util.List;

/**
 * A target among those of a call.
 *
 * @param index in the list of the call's targets
 * @param id for health and load, as that of its keys
 * @param keys by which it can be asked, each as good as the others; a target that needs none has one without a name
 */
public record Spot(int index, int weight, String id, List<Key> keys) {
  /**
   * @param id of the key, with whatever model
   * @param pairId of the key with this model
   */
  public record Key(String id, String pairId) {}

  /**
   * @param provider {@code namespace/name}
   * @param keys names; empty if it needs none
   */
  public static Spot of(int index, int weight, String provider, String model, List<String> keys) {
    String target = provider + "/" + model;
    List<Key> ids = new ArrayList<>(Math.max(1, keys.size()));
    for (String key : keys.isEmpty() ? List.of("") : keys) {
      ids.add(new Key("key " + provider + "#" + key, "limit " + target + "#" + key));
    }
    return new Spot(index, weight, "target " + target, ids);
  }
}
