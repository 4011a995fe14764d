package dev.sluice.ingress;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose requests a ModelRoute takes, beside their model. All of it must hold; what is empty asks for nothing.
 *
 * @param headers values that must be sent, by name in lower case; a {@code *} stands for any characters
 * @param tenants names, of which one must be the tenant's; a {@code *} stands for any characters
 * @param paths of which one must be called; a {@code *} stands for any characters
 */
public record ModelCondition(
    Map<String, String> headers, List<String> tenants, List<String> paths) {
  public static final ModelCondition NONE = new ModelCondition(Map.of(), List.of(), List.of());

  public ModelCondition {
    headers = Map.copyOf(headers);
    tenants = List.copyOf(tenants);
    paths = List.copyOf(paths);
  }

  /** How much it asks for: of two that hold, the one with more goes first. */
  public int size() {
    return headers.size() + (tenants.isEmpty() ? 0 : 1) + (paths.isEmpty() ? 0 : 1);
  }

  public boolean holds(ModelAsk ask) {
    return unmet(ask) == null;
  }

  /** The first of it that does not hold, as its field is called; null if all of it does. */
  @Nullable
  String unmet(ModelAsk ask) {
    if (!tenants.isEmpty() && !any(tenants, ask.tenant())) {
      return "spec.when.tenants";
    }
    if (!paths.isEmpty() && !any(paths, ask.path())) {
      return "spec.when.paths";
    }
    for (Map.Entry<String, String> one : headers.entrySet()) {
      String sent = ask.head().header(one.getKey());
      if (sent == null || !new ModelGlob(one.getValue()).matches(sent)) {
        return "spec.when.headers[" + one.getKey() + "]";
      }
    }
    return null;
  }

  private static boolean any(List<String> globs, String text) {
    return globs.stream().anyMatch(glob -> new ModelGlob(glob).matches(text));
  }
}
