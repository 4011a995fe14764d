package dev.sluice.usage;

import dev.sluice.state.Database;
import io.r2dbc.spi.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Reads the usage ledger, grouped. */
public final class UsageReport {
  /** What usage can be grouped by. */
  public enum Group {
    HOUR("hour", "time"),
    DAY("date_trunc('day', hour, 'UTC')", "time"),
    TENANT("tenant", "tenant"),
    TEAM("team", "team"),
    KEY("name", "key"),
    MODEL("model", "model"),
    TARGET("target", "target"),
    SOURCE("source", "source");

    private final String sql;
    private final String field;

    Group(String sql, String field) {
      this.sql = sql;
      this.field = field;
    }

    /** Name of the field that it is told in. */
    public String field() {
      return field;
    }
  }

  /** Counts of a line, in the order that lines have them. */
  public static final List<String> COUNTS = List.of(
      "requests",
      "inputTokens",
      "cacheReadTokens",
      "cacheWriteTokens",
      "outputTokens",
      "reasoningTokens",
      "costNanos");

  private static final String SUMS =
      "sum(requests)::bigint AS requests, sum(input_tokens)::bigint AS input, sum(cache_read_tokens)::bigint AS cache_read,"
          + " sum(cache_write_tokens)::bigint AS cache_write, sum(output_tokens)::bigint AS output,"
          + " sum(reasoning_tokens)::bigint AS reasoning, sum(cost_nanos)::bigint AS cost";
  private static final List<String> COLUMNS =
      List.of("requests", "input", "cache_read", "cache_write", "output", "reasoning", "cost");

  /**
   * One line.
   *
   * @param groups values by field
   * @param counts by name, see {@link #COUNTS}
   */
  public record Line(Map<String, String> groups, Map<String, Long> counts) {}

  private final Database database;

  public UsageReport(Database database) {
    this.database = database;
  }

  /**
   * Usage of hours that begin in {@code [from, to)}.
   *
   * @param tenants whose; empty for all
   * @param most lines; one more is told if there are more
   */
  public CompletionStage<List<Line>> lines(
      Instant from,
      Instant to,
      Collection<String> tenants,
      List<Group> groups,
      int most,
      long skip) {
    List<String> columns = new ArrayList<>();
    groups.forEach(group -> columns.add(group.sql + " AS g_" + group.field));
    String by = groups.isEmpty()
        ? " HAVING count(*) > 0"
        : " GROUP BY " + numbers(groups.size()) + " ORDER BY " + numbers(groups.size());
    String text = "SELECT " + String.join(", ", columns) + (groups.isEmpty() ? "" : ", ") + SUMS
        + " FROM sluice_usage WHERE hour >= $1 AND hour < $2 AND ($3 OR tenant = ANY($4))" + by
        + " LIMIT $5 OFFSET $6";
    return database.read(sql -> sql.rows(
            text,
            row -> line(row, groups),
            from,
            to,
            tenants.isEmpty(),
            tenants.toArray(String[]::new),
            most + 1,
            skip)
        .collectList());
  }

  private static String numbers(int count) {
    StringBuilder all = new StringBuilder("1");
    for (int i = 2; i <= count; i++) {
      all.append(", ").append(i);
    }
    return all.toString();
  }

  private static Line line(Row row, List<Group> groups) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Group group : groups) {
      String column = "g_" + group.field;
      Object value = group.field.equals("time")
          ? row.get(column, Instant.class)
          : row.get(column, String.class);
      values.put(group.field, String.valueOf(value));
    }
    Map<String, Long> counts = new LinkedHashMap<>();
    for (int i = 0; i < COUNTS.size(); i++) {
      Long count = row.get(COLUMNS.get(i), Long.class);
      counts.put(COUNTS.get(i), count == null ? 0 : count);
    }
    return new Line(values, counts);
  }
}
