package dev.sluice.ingress;

import java.util.List;
import java.util.Map;

/**
 * All that follows from what is declared.
 *
 * @param ingresses those that are ours, each with the time of its creation as the API server wrote it
 * @param certificates by host, {@code *.} and a suffix for one label; {@link #ALL_OTHER_HOSTS}
 * @param problems sorted, each once
 * @param parts what each host was made of, so that the next reconciliation rebuilds only what has changed
 */
public record Reconciled(
    RouteTable routes,
    Map<ObjectKey, String> ingresses,
    Map<String, Certificate> certificates,
    TenantTable tenants,
    List<Problem> problems,
    Map<String, Part> parts) {
  /** The host that stands for all without a certificate of their own. */
  public static final String ALL_OTHER_HOSTS = "";

  /** Nothing is declared. */
  public static final Reconciled NOTHING =
      new Reconciled(RouteTable.EMPTY, Map.of(), Map.of(), TenantTable.EMPTY, List.of(), Map.of());

  /** One host: what it was made of, and what became of it. */
  record Part(List<Declaration> inputs, HostRoutes routes, List<Problem> problems) {}
}
