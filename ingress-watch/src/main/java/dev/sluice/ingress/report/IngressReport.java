package dev.sluice.ingress.report;

import dev.sluice.ingress.ClassRules;
import dev.sluice.ingress.ControllerFlags;
import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.Problem;
import dev.sluice.ingress.Reconciled;
import dev.sluice.ingress.RouteReconciler;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What will become of all that is declared, object by object.
 *
 * @param objects Ingresses first, then what configures them, then what they name
 * @param unread what could not be read at all, so that the rest may be wrong
 */
public record IngressReport(List<ReportedObject> objects, List<String> unread) {
  /** All is honoured, or makes no difference. */
  public static final int ALL_HONOURED = 0;
  /** Something differs, or is ignored. */
  public static final int SOMETHING_DIFFERS = 1;
  /** Something is refused, or closed until something else is there. */
  public static final int SOMETHING_REFUSED = 2;
  /** Something could not be read. */
  public static final int NOT_READ = 3;

  /**
   * Reconciles from nothing, as a node does, and tells what came of it.
   *
   * @param problems of reading what is declared
   */
  public static IngressReport of(
      Collection<? extends Declaration> declared,
      Collection<Problem> problems,
      ClassRules classes,
      ControllerFlags flags) {
    Reconciled made = RouteReconciler.reconcile(declared, classes, flags, Reconciled.NOTHING);
    return new ReportedObjects(declared, problems, classes, flags, made).report();
  }

  /** How many objects came to each verdict. */
  public Map<Verdict, Integer> objectTotals() {
    Map<Verdict, Integer> totals = zeros();
    objects.forEach(object -> totals.merge(object.verdict(), 1, Integer::sum));
    return totals;
  }

  /** How many fields came to each verdict. */
  public Map<Verdict, Integer> fieldTotals() {
    Map<Verdict, Integer> totals = zeros();
    for (ReportedObject object : objects) {
      object.findings().forEach(finding -> totals.merge(finding.verdict(), 1, Integer::sum));
    }
    return totals;
  }

  private static Map<Verdict, Integer> zeros() {
    Map<Verdict, Integer> zeros = new EnumMap<>(Verdict.class);
    for (Verdict verdict : Verdict.values()) {
      zeros.put(verdict, 0);
    }
    return zeros;
  }

  /** @param accepted whether differences are as good as none */
  public int exitCode(boolean accepted) {
    if (!unread.isEmpty()) {
      return NOT_READ;
    }
    Verdict worst =
        objects.stream().map(ReportedObject::verdict).reduce(Verdict.HONOURED, Verdict::worse);
    return switch (worst) {
      case NOT_OURS, HONOURED -> ALL_HONOURED;
      case IGNORED, DIFFERS -> accepted ? ALL_HONOURED : SOMETHING_DIFFERS;
      case MISSING, REFUSED -> SOMETHING_REFUSED;
    };
  }
}
