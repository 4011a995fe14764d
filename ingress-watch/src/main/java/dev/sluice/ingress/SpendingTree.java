package dev.sluice.ingress;

import dev.sluice.ingress.DeclaredTenant.Unit;
import dev.sluice.ingress.DeclaredTenant.Window;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The limits of one tenant, and which of them count for a request: those of the tenant, of the key's team and of the key,
 * of each the ones without models and those whose models have the one that is asked for. Requests that the same limits
 * count for share a path. Immutable.
 */
public final class SpendingTree {
  /** The path of requests that only limits of the tenant without models count for. */
  public static final String TENANT = "tenant";

  /** Most paths that a tenant may have: above it, its keys can't be used, rather than used without limits. */
  public static final int MOST_PATHS = 20_000;

  /**
   * One limit at its place.
   *
   * @param name with its place, unique in the tenant: {@code x}, {@code keys/k/x}, {@code teams/t/x}
   * @param amount in the unit
   * @param zone of a calendar window
   * @param models those that count, exact or ending in {@code *}; empty for all
   * @param observed whether it refuses nothing
   */
  public record Limit(
      String name,
      Unit unit,
      long amount,
      Window window,
      ZoneId zone,
      List<String> models,
      boolean observed) {}

  /**
   * A set of limits that some requests count for.
   *
   * @param name the place with the innermost of them, and a model that they are for, if they depend on it
   */
  public record Path(String name, List<Limit> limits) {
    /** Whether any of them may refuse a request. */
    public boolean enforced() {
      for (Limit limit : limits) {
        if (!limit.observed()) {
          return true;
        }
      }
      return false;
    }

    /** Whether any of them counts this. */
    public boolean counts(Unit unit) {
      return limits.stream().anyMatch(limit -> limit.unit() == unit);
    }

    /** Whether any of them may refuse a request because of this. */
    public boolean enforces(Unit unit) {
      for (Limit limit : limits) {
        if (limit.unit() == unit && !limit.observed()) {
          return true;
        }
      }
      return false;
    }
  }

  private record OfModels(ModelPattern models, Path path) {}

  /** A place of the tree, as whoever spends there sees it. */
  public static final class Place {
    private static final Comparator<ModelPattern> MOST_EXACT_FIRST = Comparator.comparing(
            ModelPattern::exact, Comparator.reverseOrder())
        .thenComparing(pattern -> -pattern.stem().length());

    private final String name;
    private final List<Limit> limits;
    private final Path any;
    private final List<OfModels> byModels = new ArrayList<>();
    private final Map<List<Limit>, Path> paths =
        new TreeMap<>(Comparator.comparing(List::toString));

    private Place(String name, List<Limit> limits) {
      this.name = name;
      this.limits = List.copyOf(limits);
      this.any = path("", limits.stream().filter(one -> one.models().isEmpty()).toList());
      TreeSet<String> models = new TreeSet<>();
      limits.forEach(one -> models.addAll(one.models()));
      for (String pattern : models) {
        ModelPattern narrowed = new ModelPattern(pattern);
        List<Limit> counting =
            limits.stream().filter(one -> counts(one, narrowed)).toList();
        byModels.add(new OfModels(narrowed, path("?" + pattern, counting)));
      }
      byModels.sort(Comparator.comparing(OfModels::models, MOST_EXACT_FIRST));
    }

    private static boolean counts(Limit limit, ModelPattern models) {
      return limit.models().isEmpty()
          || limit.models().stream().anyMatch(one -> new ModelPattern(one).covers(models));
    }

    private Path path(String suffix, List<Limit> counting) {
      return paths.computeIfAbsent(counting, none -> new Path(name + suffix, counting));
    }

    /** The limits that count for a request for this model. */
    public Path pathOf(String model) {
      for (OfModels one : byModels) {
        if (one.models().matches(model)) {
          return one.path();
        }
      }
      return any;
    }

    /** Every limit that may count for a request from here. */
    public List<Limit> limits() {
      return limits;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private final List<Place> places = new ArrayList<>();
  private final Place tenant;

  /** @param limits of the tenant as a whole, their names as declared */
  public SpendingTree(List<DeclaredTenant.Limit> limits) {
    tenant = new Place(TENANT, limits.stream().map(one -> placed("", one)).toList());
    places.add(tenant);
  }

  /** The tenant as a whole. */
  public Place tenant() {
    return tenant;
  }

  /** Adds a place below another. One without limits is the same as the other: they share leases. */
  public Place add(Place above, String name, List<DeclaredTenant.Limit> limits) {
    if (limits.isEmpty()) {
      return above;
    }
    List<Limit> all = new ArrayList<>(above.limits);
    limits.forEach(one -> all.add(placed(name + "/", one)));
    Place place = new Place(name, all);
    places.add(place);
    return place;
  }

  private static Limit placed(String place, DeclaredTenant.Limit limit) {
    return new Limit(
        place + limit.name(),
        limit.unit(),
        limit.amount(),
        limit.window(),
        limit.zone(),
        limit.models(),
        limit.observed());
  }

  /** Every limit, once. */
  public List<Limit> limits() {
    Map<String, Limit> limits = new TreeMap<>();
    places.forEach(place -> place.limits.forEach(one -> limits.put(one.name(), one)));
    return List.copyOf(limits.values());
  }

  /** Every path that a request may take. */
  public List<Path> paths() {
    return places.stream().flatMap(place -> place.paths.values().stream()).toList();
  }

  public int pathCount() {
    return places.stream().mapToInt(place -> place.paths.size()).sum();
  }

  /** Equal if all requests take equal paths, which the limits of the paths tell. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SpendingTree tree && paths().equals(tree.paths());
  }

  @Override
  public int hashCode() {
    return paths().hashCode();
  }

  @Override
  public String toString() {
    return paths().toString();
  }
}
