package dev.sluice.ingress.report;

import java.util.List;

/**
 * One object, and what becomes of its fields.
 *
 * @param object such as {@code Ingress shop/cart}
 * @param place its file and line, or empty
 * @param verdict the worst of its fields
 * @param note more about it, such as its hosts; may be empty
 * @param usedBy objects that name it
 */
public record ReportedObject(
    String object,
    String place,
    Verdict verdict,
    String note,
    List<String> usedBy,
    List<Finding> findings) {
  static ReportedObject of(
      String object, String place, String note, List<String> usedBy, List<Finding> findings) {
    Verdict worst = findings.stream()
        .filter(finding -> !finding.unseen())
        .map(Finding::verdict)
        .reduce(Verdict.HONOURED, Verdict::worse);
    return new ReportedObject(object, place, worst, note, usedBy, findings);
  }

  /** Findings that are worth reading, the worst first. */
  public List<Finding> worthReading() {
    return findings.stream()
        .filter(finding -> finding.verdict() != Verdict.HONOURED)
        .sorted(java.util.Comparator.comparing(
            finding -> finding.unseen() ? Verdict.HONOURED : finding.verdict(),
            java.util.Comparator.reverseOrder()))
        .toList();
  }
}
