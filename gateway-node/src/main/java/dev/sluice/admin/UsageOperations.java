package dev.sluice.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.Problem;
import dev.sluice.usage.UsageReport;
import dev.sluice.usage.UsageReport.Group;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/** What was used, by hour or day and by whom, as JSON or CSV. */
final class UsageOperations {
  private static final String MOMENT = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,18}Z";
  private static final Duration LONGEST = Duration.ofDays(3660);

  private final UsageReport usage;

  UsageOperations(UsageReport usage) {
    this.usage = usage;
  }

  List<Operation> all() {
    return List.of(Operation.get(
            "getUsage",
            "/usage",
            Access.READ,
            "What was used in hours that begin at from or later, and before to.",
            "Usage[]",
            this::usage)
        .paged(
            "How many lines to leave out, as the Link field of the page before has it.",
            "[0-9]{1,9}")
        .with(
            new Operation.Parameter(
                "from", "A moment such as 2030-01-31T00:00:00Z.", Pattern.compile(MOMENT), true),
            new Operation.Parameter("to", "A moment after it.", Pattern.compile(MOMENT), true),
            Operation.Parameter.optional(
                "tenant", "Only of this tenant.", "[a-z0-9][-a-z0-9.]{0,252}"),
            Operation.Parameter.optional(
                "group",
                "What makes a line of its own, separated by commas: hour or day, tenant, team, key, model, target,"
                    + " source. The default is tenant.",
                "(hour|day|tenant|team|key|model|target|source)(,(hour|day|tenant|team|key|model|target|source)){0,7}"),
            Operation.Parameter.optional(
                "format", "json or csv; the default is json.", "json|csv")));
  }

  private CompletionStage<Answer> usage(Asked asked) {
    List<Problem> problems = new ArrayList<>();
    Instant from = moment(asked, "from", problems);
    Instant to = moment(asked, "to", problems);
    if (problems.isEmpty()
        && (!to.isAfter(from) || Duration.between(from, to).compareTo(LONGEST) > 0)) {
      problems.add(problem("to", "this value", "a moment after from, at most ten years later"));
    }
    String tenant = asked.query("tenant");
    if (!tenant.isEmpty() && !asked.caller().sees(tenant)) {
      return CompletableFuture.completedFuture(AdminServer.forbidden());
    }
    List<Group> groups = groups(asked.query("group"), problems);
    if (!problems.isEmpty()) {
      return CompletableFuture.completedFuture(
          Answer.problem(400, "the query can't be taken as it is", problems));
    }
    Set<String> whose = !tenant.isEmpty()
        ? Set.of(tenant)
        : asked.caller().isLimited() ? asked.caller().tenants() : Set.of();
    String after = asked.query("after");
    long skip = after.isEmpty() ? 0 : Long.parseLong(after);
    return usage
        .lines(from, to, whose, groups, asked.most(), skip)
        .thenApply(lines -> asked.query("format").equals("csv")
            ? csv(asked, groups, lines, skip)
            : json(asked, lines, skip));
  }

  private static Instant moment(Asked asked, String name, List<Problem> problems) {
    try {
      return Instant.parse(asked.query(name));
    } catch (DateTimeException e) {
      problems.add(problem(name, "this value", "a moment such as 2030-01-31T00:00:00Z"));
      return Instant.EPOCH;
    }
  }

  private static Problem problem(String field, String what, String expected) {
    return new Problem("", "", field, what, expected, "");
  }

  private static List<Group> groups(String text, List<Problem> problems) {
    List<Group> groups = new ArrayList<>();
    for (String one : (text.isEmpty() ? "tenant" : text).split(",", -1)) {
      groups.add(Group.valueOf(one.toUpperCase(Locale.ROOT)));
    }
    long fields = groups.stream().map(Group::field).distinct().count();
    if (fields < groups.size()) {
      problems.add(
          problem("group", "something twice, or both hour and day", "each once, and hour or day"));
    }
    return groups;
  }

  private static Answer json(Asked asked, List<UsageReport.Line> lines, long skip) {
    LinkedHashMap<String, ObjectNode> page = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      lines.get(i).groups().forEach(json::put);
      lines.get(i).counts().forEach((name, count) -> json.put(name, count));
      page.put(Long.toString(skip + i + 1), json);
    }
    return Pages.answer(asked, page);
  }

  private static Answer csv(
      Asked asked, List<Group> groups, List<UsageReport.Line> lines, long skip) {
    StringBuilder text = new StringBuilder();
    List<String> head = new ArrayList<>(groups.stream().map(Group::field).toList());
    head.addAll(UsageReport.COUNTS);
    text.append(String.join(",", head)).append("\r\n");
    int shown = Math.min(lines.size(), asked.most());
    for (UsageReport.Line line : lines.subList(0, shown)) {
      List<String> cells = new ArrayList<>();
      line.groups().values().forEach(value -> cells.add(cell(value)));
      line.counts().values().forEach(count -> cells.add(count.toString()));
      text.append(String.join(",", cells)).append("\r\n");
    }
    Answer answer = Answer.text("text/csv", text.toString());
    return lines.size() > shown
        ? answer.with("Link", Pages.next(asked, Long.toString(skip + shown)))
        : answer;
  }

  /** Callers choose names of models: what a spreadsheet would take for a formula is quoted so that it doesn't. */
  static String cell(String value) {
    String safe = value.matches("[=+\\-@\\t\\r].*") ? "'" + value : value;
    return safe.matches("(?s).*[\",\\r\\n].*") ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
