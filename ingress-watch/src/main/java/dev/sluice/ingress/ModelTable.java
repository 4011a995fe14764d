package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The models that can be asked for on one host. The most exact name wins: whole names, then the longest beginning. */
public final class ModelTable {
  /**
   * One model name, or all that begin alike, and who answers.
   *
   * @param declaredBy the ModelRoute
   * @param name the whole name, or its beginning
   * @param exact whether {@code name} is the whole name
   * @param targets in the order they are tried
   * @param dropsUnsayable whether what a target's dialect has no words for is left out, rather than refused
   * @param contextTokens what inputs are held at that their bytes don't bound; 0 if they are refused
   */
  public record Entry(
      ObjectKey declaredBy,
      String name,
      boolean exact,
      List<Target> targets,
      int maxOutputTokens,
      int contextTokens,
      boolean dropsUnsayable) {}

  /** @param model name that the provider knows it by; empty if it is the one asked for */
  public record Target(ModelProvider provider, String model) {}

  private final List<Entry> entries;

  /** @param entries best first: as they are tried */
  ModelTable(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  public Optional<Entry> find(String model) {
    for (Entry entry : entries) {
      if (entry.exact() ? entry.name().equals(model) : model.startsWith(entry.name())) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  /** The whole names, sorted; what a beginning stands for can't be listed. */
  public List<String> names() {
    TreeSet<String> names = new TreeSet<>();
    entries.stream().filter(Entry::exact).forEach(entry -> names.add(entry.name()));
    return new ArrayList<>(names);
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}
