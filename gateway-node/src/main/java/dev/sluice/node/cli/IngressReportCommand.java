package dev.sluice.node.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.sluice.ingress.kube.Listing;
import dev.sluice.ingress.report.IngressReport;
import dev.sluice.ingress.report.ReportHtml;
import dev.sluice.ingress.report.ReportText;
import dev.sluice.ingress.report.ReportedObject;
import dev.sluice.ingress.report.Verdict;
import dev.sluice.node.NodeSettings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what will become of the Ingresses of a cluster or a folder, before anything is installed. */
@Command(
    name = "ingress-report",
    description =
        "what becomes of the Ingresses of a cluster or a folder, before anything is installed",
    footer =
        "Ends with 0 if all is honoured, 1 if something differs or is ignored, 2 if something is refused or closed, "
            + "3 if something could not be read.")
final class IngressReportCommand implements Callable<Integer> {
  enum Form {
    text,
    json,
    html
  }

  private record Totals(Map<String, Integer> objects, Map<String, Integer> fields) {}

  private record Json(
      String source,
      int exitCode,
      Totals totals,
      List<ReportedObject> objects,
      List<String> unread) {}

  @Mixin
  private DeclaredOptions declared = new DeclaredOptions();

  @Option(
      names = "--output",
      paramLabel = "FORM",
      defaultValue = "text",
      description = "text, json or html (default: text)")
  private Form form = Form.text;

  @Option(names = "--all", description = "also what is honoured, in text")
  private boolean all;

  @Option(
      names = "--accept-differences",
      description = "end with 0 where things only differ or are ignored")
  private boolean accepted;

  @Override
  public Integer call() throws Exception {
    LocalLogs.toNowhere();
    IngressReport report;
    try {
      NodeSettings settings = declared.settings();
      Listing listing = DeclaredOptions.look(settings);
      report = IngressReport.of(
          listing.declared(), listing.problems(), settings.classes(), settings.controller());
    } catch (RuntimeException e) {
      System.err.println("sluice: " + Failures.messageOf(e));
      return IngressReport.NOT_READ;
    }
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    out.print(
        switch (form) {
          case text -> ReportText.of(report, all);
          case json -> json(report);
          case html -> ReportHtml.of(report, declared.source());
        });
    out.flush();
    return report.exitCode(accepted);
  }

  private String json(IngressReport report) throws JsonProcessingException {
    return new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .addMixIn(Verdict.class, Word.class)
            .addMixIn(ReportedObject.class, Fields.class)
            .writeValueAsString(new Json(
                declared.source(),
                report.exitCode(accepted),
                new Totals(words(report.objectTotals()), words(report.fieldTotals())),
                report.objects(),
                report.unread()))
        + "\n";
  }

  /** Verdicts are written as people write them. */
  private interface Word {
    @com.fasterxml.jackson.annotation.JsonValue
    String word();
  }

  /** The fields of an object alone, and nothing that follows from them. */
  @SuppressWarnings("UnusedMethod") // Jackson reads it
  private interface Fields {
    @com.fasterxml.jackson.annotation.JsonIgnore
    List<?> worthReading();
  }

  private static Map<String, Integer> words(Map<Verdict, Integer> totals) {
    Map<String, Integer> words = new LinkedHashMap<>();
    totals.forEach((verdict, count) -> words.put(verdict.word(), count));
    return words;
  }
}
