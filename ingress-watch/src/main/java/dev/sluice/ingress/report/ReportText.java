package dev.sluice.ingress.report;

import java.util.List;
import java.util.Map;

/** The report for a terminal. */
public final class ReportText {
  private ReportText() {}

  /** All of it; objects with nothing to tell are only counted, unless {@code all}. */
  public static String of(IngressReport report, boolean all) {
    StringBuilder text = new StringBuilder();
    for (ReportedObject object : report.objects()) {
      List<Finding> findings = all ? object.findings() : object.worthReading();
      if (all || !findings.isEmpty() && object.verdict() != Verdict.NOT_OURS) {
        object(object, findings, text);
      }
    }
    if (!report.unread().isEmpty()) {
      text.append("could not be read, so that the rest may be wrong:\n");
      report.unread().forEach(line -> text.append("  ").append(line).append('\n'));
      text.append('\n');
    }
    text.append("objects: ").append(totals(report.objectTotals())).append('\n');
    text.append("fields:  ").append(totals(report.fieldTotals())).append('\n');
    return text.toString();
  }

  private static void object(ReportedObject object, List<Finding> findings, StringBuilder text) {
    text.append(object.object()).append(": ").append(object.verdict().word());
    if (!object.place().isEmpty()) {
      text.append("  [").append(object.place()).append(']');
    }
    text.append('\n');
    line("  ", object.note(), text);
    line("  used by ", String.join(", ", object.usedBy()), text);
    for (Finding finding : findings) {
      text.append("  ").append(finding.verdict().word()).append(": ").append(finding.shortField());
      if (!finding.value().isEmpty()) {
        text.append(" = ").append(finding.value());
      }
      if (!finding.place().isEmpty()) {
        text.append("  [").append(finding.place()).append(']');
      }
      text.append('\n');
      line("      ingress-nginx: ", finding.there(), text);
      line("      sluice:        ", finding.here(), text);
      line("      to do:         ", finding.todo(), text);
    }
    text.append('\n');
  }

  private static void line(String before, String words, StringBuilder text) {
    if (!words.isEmpty()) {
      text.append(before).append(words).append('\n');
    }
  }

  /** Such as {@code 3 honoured, 1 differs}. */
  static String totals(Map<Verdict, Integer> totals) {
    StringBuilder text = new StringBuilder();
    totals.forEach((verdict, count) -> {
      if (count > 0) {
        text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(verdict.word());
      }
    });
    return text.isEmpty() ? "none" : text.toString();
  }
}
