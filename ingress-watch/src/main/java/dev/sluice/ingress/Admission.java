package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether an Ingress may be stored: what the reconciler would say of it among those that are there.
 *
 * @param refused problems because of which it is not served; it may be stored if there are none
 * @param told problems that leave it served, or that another object would end
 */
public record Admission(List<Problem> refused, List<Problem> told) {
  /** Nothing is wrong with it, or it is not ours. */
  public static final Admission GRANTED = new Admission(List.of(), List.of());

  /** Later than all others, for an object that has no time of its creation yet. */
  private static final String LAST = "9999-12-31T23:59:59Z";

  /** The same where nothing shall be kept from being stored. */
  public Admission onlyTold() {
    List<Problem> all = new ArrayList<>(refused);
    all.addAll(told);
    return new Admission(List.of(), List.copyOf(all));
  }

  /**
   * Judges an Ingress by its own hosts alone: others can't change what becomes of it.
   *
   * @param declared all that is there, maybe the same Ingress as it was
   */
  public static Admission of(
      Collection<? extends Declaration> declared,
      DeclaredIngress proposed,
      ClassRules rules,
      ControllerFlags flags) {
    DeclaredIngress dated = proposed.created().isEmpty() ? created(proposed, LAST) : proposed;
    Set<String> hosts = new TreeSet<>(IngressRoutes.hostsOf(dated));
    List<Declaration> near = new ArrayList<>();
    for (Declaration one : declared) {
      boolean matters = one instanceof DeclaredIngress ingress
          ? !ingress.key().equals(dated.key())
              && IngressRoutes.hostsOf(ingress).stream().anyMatch(hosts::contains)
          : !(one instanceof DeclaredTenant
              || one instanceof DeclaredModelProvider
              || one instanceof DeclaredModelRoute);
      if (matters) {
        near.add(one);
      }
    }
    near.add(dated);
    Reconciled made = RouteReconciler.reconcile(near, rules, flags, Reconciled.NOTHING);
    List<Problem> refused = new ArrayList<>();
    List<Problem> told = new ArrayList<>();
    for (Problem problem : made.problems()) {
      if (problem.object().equals(dated.key().toString())) {
        (problem.weight() == Problem.Weight.REFUSED ? refused : told).add(problem);
      }
    }
    return new Admission(List.copyOf(refused), List.copyOf(told));
  }

  /**
   * Whether an Ingress of this class is this gateway's, whatever else it says.
   *
   * @param className null if the field is not there
   */
  public static boolean isOurs(
      Collection<? extends Declaration> declared,
      ObjectKey key,
      Map<String, String> annotations,
      @org.jspecify.annotations.Nullable String className,
      ClassRules rules) {
    DeclaredIngress stub = new DeclaredIngress(
        key, DeclaredAt.API_SERVER, LAST, annotations, className, null, List.of(), List.of());
    List<Declaration> all = new ArrayList<>();
    for (Declaration one : declared) {
      if (!(one instanceof DeclaredIngress)) {
        all.add(one);
      }
    }
    all.add(stub);
    return IngressClasses.ours(all, rules, new ArrayList<>()).contains(stub);
  }

  private static DeclaredIngress created(DeclaredIngress one, String created) {
    return new DeclaredIngress(
        one.key(),
        one.at(),
        created,
        one.annotations(),
        one.className(),
        one.defaultBackend(),
        one.rules(),
        one.tls());
  }
}
