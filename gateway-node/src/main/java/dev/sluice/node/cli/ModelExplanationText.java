package dev.sluice.node.cli;

import dev.sluice.ingress.ModelExplanation;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** An explanation of a call of a model for a terminal. */
final class ModelExplanationText {
  private static final int DECIMALS_OF_NANO = 9;

  private ModelExplanationText() {}

  static String of(ModelExplanation explanation) {
    StringBuilder text = new StringBuilder();
    line("request", explanation.request(), text);
    line("host", explanation.host(), text);
    line("path", explanation.path(), text);
    ModelExplanation.Taken route = explanation.route();
    if (route != null) {
      taken(route, text);
      buckets(explanation.buckets(), text);
    } else {
      line("route", "none takes it", text);
      lines("nearest", explanation.nearest(), text);
    }
    lines("problems", explanation.problems(), text);
    for (ModelExplanation.Other other : explanation.others()) {
      line("not", other.name() + ": " + other.why() + "  (" + other.declaredBy() + ")", text);
    }
    if (explanation.moreOthers() > 0) {
      line("not", "and " + explanation.moreOthers() + " more", text);
    }
    return text.toString();
  }

  private static void taken(ModelExplanation.Taken route, StringBuilder text) {
    line("route", route.name() + ": " + route.why(), text);
    line("declared by", route.declaredBy(), text);
    lines("filters", route.filters(), text);
    if (route.groups().isEmpty()) {
      line("target", "none that can be called: 503", text);
    }
    for (int i = 0; i < route.groups().size(); i++) {
      ModelExplanation.Group group = route.groups().get(i);
      String order = "group " + (i + 1);
      if (!group.balance().isEmpty()) {
        line(order, group.balance(), text);
      }
      for (ModelExplanation.Target target : group.targets()) {
        lines(group.balance().isEmpty() ? order : "", target(target, group), text);
      }
    }
    line("fallback", route.fallback(), text);
    line("out of quota", route.outOfQuota(), text);
    line("cache", route.cache(), text);
    lines("bounds", route.bounds(), text);
  }

  private static List<String> target(ModelExplanation.Target target, ModelExplanation.Group group) {
    List<String> lines = new ArrayList<>();
    lines.add(target.provider() + ", " + target.kind() + ", as " + target.model()
        + (group.balance().isEmpty() ? "" : ", weight " + target.weight()));
    lines.add(
        "  " + (target.keys().isEmpty() ? "no key" : "key " + String.join(", ", target.keys()))
            + "; " + target.price() + "; answers up to " + target.maxOutputTokens() + " tokens"
            + (target.contextTokens() == 0 ? "" : ", in a context of " + target.contextTokens()));
    if (!target.limit().isEmpty()) {
      lines.add("  " + target.limit());
    }
    if (!target.leftOut().isEmpty()) {
      lines.add("  left out: " + target.leftOut());
    }
    if (!target.state().isEmpty()) {
      lines.add("  now: " + target.state());
    }
    return lines;
  }

  private static void buckets(List<ModelExplanation.Bucket> buckets, StringBuilder text) {
    List<String> lines = new ArrayList<>();
    for (ModelExplanation.Bucket one : buckets) {
      ModelExplanation.Left left = one.left();
      lines.add(one.name() + ": " + amount(one, one.amount()) + " " + one.unit() + ", window "
          + one.window()
          + (one.models().isEmpty() ? "" : ", of " + String.join(", ", one.models()))
          + (one.mode().equals("observe") ? ", refuses nothing" : "")
          + (left == null
              ? ""
              : "; " + amount(one, left.free()) + " free, " + amount(one, left.settled()) + " used"
                  + (left.resetsAt() == null ? "" : ", all free at " + left.resetsAt())));
    }
    lines("limits", lines.isEmpty() ? List.of("none counts") : lines, text);
  }

  /** Cost in dollars. */
  private static String amount(ModelExplanation.Bucket bucket, long amount) {
    if (!bucket.unit().equals("cost")) {
      return Long.toString(amount);
    }
    BigDecimal dollars = BigDecimal.valueOf(amount, DECIMALS_OF_NANO);
    return "$" + (amount == 0 ? "0" : dollars.stripTrailingZeros().toPlainString());
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
