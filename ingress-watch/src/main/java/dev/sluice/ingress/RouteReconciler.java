package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Makes the route table, the certificates and the tenants from all that is declared. Total: whatever is declared, it
 * returns, and what it can't honour is told as a problem. Each host is made from its own declarations alone, so that a
 * host whose declarations are as before is taken over as it is; the result equals that of starting from nothing.
 */
public final class RouteReconciler {
  private RouteReconciler() {}

  /** From nothing, with the rules of reference.conf for a folder. */
  public static Reconciled reconcile(Collection<? extends Declaration> declared) {
    return reconcile(declared, Reconciled.NOTHING);
  }

  /** The same from what was made before, which only saves work. */
  public static Reconciled reconcile(
      Collection<? extends Declaration> declared, Reconciled previous) {
    return reconcile(declared, ClassRules.DEFAULT, ControllerFlags.DEFAULT, previous);
  }

  /**
   * From what was made before.
   *
   * @param previous made with the same rules and flags; only saves work
   */
  public static Reconciled reconcile(
      Collection<? extends Declaration> declared,
      ClassRules rules,
      ControllerFlags flags,
      Reconciled previous) {
    TreeSet<Problem> problems = new TreeSet<>();
    List<Declaration> ours = IngressClasses.ours(declared, rules, problems);
    if (!flags.catchAll()) {
      ours.removeIf(one -> isCatchAll(one, problems));
    }
    Declarations all = new Declarations(ours, flags);
    Map<String, List<Declaration>> inputs = new TreeMap<>();
    IngressRoutes.collectInputs(all, inputs);
    ModelRoutes.collectInputs(all, inputs);

    Certificates certificates = Certificates.of(all, problems);
    Map<String, Reconciled.Part> parts = new TreeMap<>();
    Map<String, HostRoutes> hosts = new TreeMap<>();
    inputs.forEach((host, input) -> {
      Reconciled.Part before = previous.parts().get(host);
      Reconciled.Part part =
          before != null && before.inputs().equals(input) ? before : build(host, input, flags);
      parts.put(host, part);
      hosts.put(host, part.routes());
      problems.addAll(part.problems());
    });
    HostNames.add(all, hosts);
    ControllerConfig config = ControllerConfig.of(all);
    config.tellProblems(all, problems);
    TenantTable tenants = Tenants.of(all, problems);
    return new Reconciled(
        new RouteTable(hosts, GatewayWide.of(config, problems), StreamServices.of(all, problems)),
        all.ingresses().stream()
            .collect(Collectors.toUnmodifiableMap(
                DeclaredIngress::key, DeclaredIngress::created, (first, second) -> first)),
        certificates.byHost(),
        tenants,
        List.copyOf(problems),
        Map.copyOf(parts));
  }

  private static boolean isCatchAll(Declaration one, Collection<Problem> problems) {
    if (!(one instanceof DeclaredIngress ingress) || ingress.defaultBackend() == null) {
      return false;
    }
    problems.add(ingress.problem(
        "spec.defaultBackend",
        "catch-all Ingresses are switched off",
        "rules only, or sluice.ingress.controller.catch-all",
        "this Ingress is left out"));
    return true;
  }

  private static Reconciled.Part build(
      String host, List<Declaration> input, ControllerFlags flags) {
    Declarations own = new Declarations(input, flags);
    List<Problem> problems = new ArrayList<>();
    List<Route> routes = new ArrayList<>(IngressRoutes.routes(host, own, problems));
    routes.addAll(ModelRoutes.routes(own, routes, problems));
    return new Reconciled.Part(List.copyOf(input), new HostRoutes(routes), problems);
  }
}
