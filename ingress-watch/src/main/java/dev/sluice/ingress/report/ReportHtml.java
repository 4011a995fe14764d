package dev.sluice.ingress.report;

import java.util.List;

/** The report as one page without scripts, and with nothing from elsewhere. */
public final class ReportHtml {
  private static final String STYLE = """
      body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1c1e21 }
      h1 { font-size: 1.5rem } summary { cursor: pointer; padding: .3rem 0 } summary b { font-weight: 600 }
      details { border-bottom: 1px solid #ddd } .note, .place { color: #666; font-size: .9em }
      table { border-collapse: collapse; width: 100%; margin: .3rem 0 1rem } th { text-align: left; font-weight: 600 }
      td, th { border: 1px solid #ddd; padding: .25rem .5rem; vertical-align: top; overflow-wrap: anywhere }
      .verdict { display: inline-block; min-width: 5.5rem; padding: 0 .4rem; border-radius: 3px; text-align: center }
      .honoured { background: #d8f0dc } .not-ours { background: #eee } .ignored { background: #fdf3c8 }
      .differs { background: #fde4c0 } .missing, .refused { background: #f8cfcf }
      @media (prefers-color-scheme: dark) { body { background: #16181b; color: #e4e6e8 } td, th, details { border-color: #444 }
        .verdict { color: #111 } .note, .place { color: #aaa } }
      """;

  private ReportHtml() {}

  /** @param source where the objects came from, for the heading */
  public static String of(IngressReport report, String source) {
    StringBuilder page = new StringBuilder();
    page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">")
        .append("<meta name=\"viewport\" content=\"width=device-width\">")
        .append("<title>Sluice: ingress report</title><style>\n")
        .append(STYLE)
        .append("</style></head><body>\n<h1>What Sluice will do with the Ingresses of ")
        .append(escaped(source))
        .append("</h1>\n<p>Objects: ")
        .append(ReportText.totals(report.objectTotals()))
        .append(".<br>Fields: ")
        .append(ReportText.totals(report.fieldTotals()))
        .append(".</p>\n");
    if (!report.unread().isEmpty()) {
      page.append("<h2>Could not be read, so that the rest may be wrong</h2>\n<ul>");
      report.unread().forEach(line -> page.append("<li>").append(escaped(line)).append("</li>"));
      page.append("</ul>\n");
    }
    for (ReportedObject object : report.objects()) {
      object(object, page);
    }
    return page.append("</body></html>\n").toString();
  }

  private static void object(ReportedObject object, StringBuilder page) {
    List<Finding> findings = object.findings();
    boolean open = !object.worthReading().isEmpty();
    page.append("<details").append(open ? " open" : "").append("><summary>");
    verdict(object.verdict(), page);
    page.append(" <b>").append(escaped(object.object())).append("</b> <span class=\"note\">");
    page.append(escaped(object.note())).append("</span> <span class=\"place\">");
    page.append(escaped(object.place())).append("</span></summary>\n");
    if (!object.usedBy().isEmpty()) {
      page.append("<p class=\"note\">Used by ")
          .append(escaped(String.join(", ", object.usedBy())))
          .append("</p>");
    }
    if (!findings.isEmpty()) {
      page.append("<table><tr><th></th><th>Field</th><th>Value</th><th>ingress-nginx</th>")
          .append("<th>Sluice</th><th>To do</th></tr>\n");
      object.worthReading().forEach(finding -> row(finding, page));
      findings.stream()
          .filter(finding -> finding.verdict() == Verdict.HONOURED)
          .forEach(finding -> row(finding, page));
      page.append("</table>\n");
    }
    page.append("</details>\n");
  }

  private static void row(Finding finding, StringBuilder page) {
    page.append("<tr><td>");
    verdict(finding.verdict(), page);
    page.append("</td><td title=\"").append(escaped(finding.field())).append("\">");
    page.append(escaped(finding.shortField()));
    if (!finding.place().isEmpty()) {
      page.append("<br><span class=\"place\">").append(escaped(finding.place())).append("</span>");
    }
    for (String cell :
        new String[] {finding.value(), finding.there(), finding.here(), finding.todo()}) {
      page.append("</td><td>").append(escaped(cell));
    }
    page.append("</td></tr>\n");
  }

  private static void verdict(Verdict verdict, StringBuilder page) {
    page.append("<span class=\"verdict ")
        .append(verdict.word().replace(' ', '-'))
        .append("\">")
        .append(verdict.word())
        .append("</span>");
  }

  /** Text as it may stand between tags and in attributes; control characters can be seen. */
  static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints().forEach(c -> {
      switch (c) {
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '&' -> safe.append("&amp;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        default -> safe.appendCodePoint(Character.isISOControl(c) ? '\ufffd' : c);
      }
    });
    return safe.toString();
  }
}
