package dev.sluice.node.cli;

import dev.sluice.ingress.Explanation;
import java.util.List;

/** An explanation for a terminal. */
final class ExplanationText {
  private ExplanationText() {}

  static String of(Explanation explanation) {
    StringBuilder text = new StringBuilder();
    line("request", explanation.request(), text);
    line("host", explanation.host(), text);
    Explanation.Taken route = explanation.route();
    if (route == null) {
      line("route", "none takes it: 404", text);
    } else {
      line("route", route.rule(), text);
      line("order", route.order(), text);
      line("declared by", route.declaredBy(), text);
      lines("filters", route.filters(), text);
      lines("leads to", route.leadsTo(), text);
      lines("bounds", route.bounds(), text);
    }
    lines("problems", explanation.problems(), text);
    for (Explanation.Other other : explanation.others()) {
      line("not", other.rule() + ": " + other.why() + "  (" + other.declaredBy() + ")", text);
    }
    if (explanation.moreOthers() > 0) {
      line("not", "and " + explanation.moreOthers() + " more", text);
    }
    return text.toString();
  }

  private static void lines(String name, List<String> lines, StringBuilder text) {
    for (int i = 0; i < lines.size(); i++) {
      line(i == 0 ? name : "", lines.get(i), text);
    }
  }

  private static void line(String name, String words, StringBuilder text) {
    text.append(String.format("%-12s %s%n", name, words));
  }
}
