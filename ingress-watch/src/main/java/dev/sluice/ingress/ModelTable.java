package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The models that can be asked for on one host. The most exact name wins: whole names, then those with most characters
 * beside their stars; among equals, the one whose condition asks for most.
 */
public final class ModelTable {
  /**
   * One model name, or all that look alike, and who answers.
   *
   * @param declaredBy the ModelRoute
   * @param name the whole name, or with stars
   * @param when whose requests it takes
   * @param groups in the order they are tried; may be empty
   * @param dropsUnsayable whether what a target's dialect has no words for is left out, rather than refused
   * @param caching how answers are kept; null for not at all
   */
  public record Entry(
      ObjectKey declaredBy,
      ModelGlob name,
      ModelCondition when,
      List<Group> groups,
      ModelFallback fallback,
      DeclaredModelRoute.Limits limits,
      boolean dropsUnsayable,
      @Nullable Caching caching) {
    public boolean exact() {
      return name.exact();
    }

    public int maxOutputTokens() {
      return limits.maxOutputTokens();
    }

    /** What inputs are held at that their bytes don't bound; 0 if they are refused. */
    public int contextTokens() {
      return limits.contextTokens();
    }

    /** Cap of a target's answers, in tokens. */
    public int capOf(Target target) {
      return target.maxOutputTokens() == 0
          ? maxOutputTokens()
          : Math.min(target.maxOutputTokens(), maxOutputTokens());
    }

    /** Whether targets whose price nobody knows are left out for a caller whose limits these are. */
    public boolean needsPrice(SpendingTree.Path path) {
      return limits.mostNanos() > 0 || path.enforces(DeclaredTenant.Unit.COST);
    }

    /** All of all groups, in order. */
    public List<Target> targets() {
      return groups.stream().flatMap(group -> group.targets().stream()).toList();
    }

    boolean takes(ModelAsk ask) {
      return name.matches(ask.model()) && when.holds(ask);
    }
  }

  /**
   * How answers are kept.
   *
   * @param version of what the route says and of its targets: an answer is told again only while that is the same
   */
  public record Caching(ModelCache rule, String version) {
    static @Nullable Caching of(DeclaredModelRoute route, List<Group> groups) {
      ModelCache rule = route.cache();
      if (rule == null) {
        return null;
      }
      StringBuilder said = new StringBuilder()
          .append(route.key())
          .append(route.limits())
          .append(route.dropsUnsayable())
          .append(groups);
      groups.stream()
          .flatMap(group -> group.targets().stream())
          .forEach(target ->
              said.append(target.provider().place()).append(target.provider().chat()));
      return new Caching(rule, Digest.of(said.toString()));
    }
  }

  /** Targets of which one is chosen before the next group is tried; at least one. */
  public record Group(ModelBalance balance, List<Target> targets) {}

  /**
   * @param model name that the provider knows it by; empty if it is the one asked for
   * @param weight at least 0
   * @param maxOutputTokens cap of its answers; 0 for the route's
   * @param contextTokens its context window; 0 if it is not known
   */
  public record Target(
      ModelProvider provider, String model, int weight, int maxOutputTokens, int contextTokens) {
    /**
     * The name that the provider knows it by.
     *
     * @param entry that this is a target of
     * @param asked as it was asked for
     */
    public String modelFor(Entry entry, String asked) {
      return model.isEmpty() ? asked : model.replace("*", entry.name().caught(asked));
    }
  }

  private final List<Entry> entries;

  /** @param entries best first: as they are tried */
  ModelTable(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** Who answers this request. */
  public Optional<Entry> find(ModelAsk ask) {
    for (Entry entry : entries) {
      if (entry.takes(ask)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  /** Whether somebody may ask for a model of this name, here. */
  public boolean knows(String model) {
    return entries.stream().anyMatch(entry -> entry.name().matches(model));
  }

  /** All, best first. */
  public List<Entry> entries() {
    return entries;
  }

  /** The whole names, sorted; what a star stands for can't be listed. */
  public List<String> names() {
    TreeSet<String> names = new TreeSet<>();
    entries.stream()
        .filter(Entry::exact)
        .forEach(entry -> names.add(entry.name().text()));
    return new ArrayList<>(names);
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}
