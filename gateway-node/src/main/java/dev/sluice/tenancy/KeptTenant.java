package dev.sluice.tenancy;

import dev.sluice.ingress.DeclaredTenant.Limit;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.manifest.TenantParts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One tenant of the picture: the limits of all its places, and the tree that they make. Written by one thread; the tree is
 * replaced whole. Keys without limits of their own are not in here.
 */
final class KeptTenant {
  /**
   * What its limits make.
   *
   * @param teams places of those with limits
   * @param keys places of those with limits, by {@code team/key} or {@code key}
   * @param usable whether its keys can be used: not if the limits can't be read, or make too many paths
   */
  record Tree(
      SpendingTree spending,
      Map<String, SpendingTree.Place> teams,
      Map<String, SpendingTree.Place> keys,
      boolean usable) {
    /** @param team empty for none */
    SpendingTree.Place place(String team, String key) {
      SpendingTree.Place own = keys.isEmpty() ? null : keys.get(key);
      if (own != null) {
        return own;
      }
      return teams.getOrDefault(team, spending.tenant());
    }
  }

  private final String name;
  private final Map<String, String> teams = new TreeMap<>();
  private final Map<String, String> keys = new TreeMap<>();
  private @Nullable String limits;
  private volatile Tree tree = new Tree(new SpendingTree(List.of()), Map.of(), Map.of(), false);

  KeptTenant(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** @param json null if the tenant is there no longer */
  void limits(@Nullable String json) {
    limits = json;
  }

  void team(String team, String json, boolean dropped) {
    put(teams, team, json, dropped);
  }

  /** @param team empty for none */
  void key(String team, String key, String json, boolean dropped) {
    put(keys, team.isEmpty() ? key : team + "/" + key, json, dropped);
  }

  private static void put(Map<String, String> all, String name, String json, boolean dropped) {
    if (dropped || json.equals("[]")) {
      all.remove(name);
    } else {
      all.put(name, json);
    }
  }

  /** Whether it is there: its teams and keys may be read before itself, and after it has gone. */
  boolean exists() {
    return limits != null;
  }

  boolean isEmpty() {
    return limits == null && teams.isEmpty() && keys.isEmpty();
  }

  Tree tree() {
    return tree;
  }

  /**
   * Makes the tree anew.
   *
   * @return why its keys can't be used; empty if they can
   */
  String rebuild() {
    try {
      SpendingTree spending = new SpendingTree(read(limits == null ? "[]" : limits));
      Map<String, SpendingTree.Place> teamPlaces = new HashMap<>();
      teams.forEach((team, json) ->
          teamPlaces.put(team, spending.add(spending.tenant(), "teams/" + team, read(json))));
      Map<String, SpendingTree.Place> keyPlaces = new HashMap<>();
      keys.forEach((key, json) -> {
        int slash = key.indexOf('/');
        String team = slash < 0 ? "" : key.substring(0, slash);
        String under = team.isEmpty() ? "keys/" : "teams/" + team + "/keys/";
        keyPlaces.put(
            key,
            spending.add(
                teamPlaces.getOrDefault(team, spending.tenant()),
                under + key.substring(slash + 1),
                read(json)));
      });
      boolean fits = spending.pathCount() <= SpendingTree.MOST_PATHS;
      tree = new Tree(spending, Map.copyOf(teamPlaces), Map.copyOf(keyPlaces), fits && exists());
      return fits ? "" : tooMany(spending.pathCount());
    } catch (IllegalArgumentException e) {
      tree = new Tree(tree.spending(), Map.of(), Map.of(), false);
      return "its limits can't be read by this build: " + e.getMessage();
    }
  }

  static String tooMany(int paths) {
    return paths + " sets of limits, by key and model (expected: at most " + SpendingTree.MOST_PATHS
        + ": fewer keys with limits of their own, or fewer models in limits)";
  }

  private static List<Limit> read(String json) {
    return TenantParts.limitsOf(json);
  }
}
