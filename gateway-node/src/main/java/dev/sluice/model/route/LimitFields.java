package dev.sluice.model.route;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says, in the head of an answer, of how much its own limits leave: fields as OpenAI has them (and Azure, Groq, and
 * others of its dialect), and as Anthropic has them. What can't be read counts as not said. Pure.
 */
public final class LimitFields {
  /**
   * What one limit leaves.
   *
   * @param what is counted, such as {@code requests}
   * @param remaining at least 0
   * @param limit below 0 if it is not told
   * @param reset until nothing of it is used any more, if nobody asks; null if it is not told
   */
  public record Left(
      String what, long remaining, long limit, @Nullable Duration reset) {}

  /** What counts whole calls, rather than tokens. */
  public static final String REQUESTS = "requests";

  private static final List<String> OF_OPENAI = List.of(REQUESTS, "tokens");
  private static final List<String> OF_ANTHROPIC =
      List.of(REQUESTS, "tokens", "input-tokens", "output-tokens");
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,15}");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
  private static final Pattern SPANS = Pattern.compile("([0-9]{1,9}(\\.[0-9]{1,9})?(ms|d|h|m|s))+");
  private static final Pattern SPAN = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(ms|d|h|m|s)");

  private LimitFields() {}

  /**
   * All that is told.
   *
   * @param fields the first value of a field, or empty
   * @param now for moments that are told, where the answer does not say its own
   */
  public static List<Left> of(UnaryOperator<String> fields, Instant now) {
    List<Left> all = new ArrayList<>();
    for (String what : OF_OPENAI) {
      String left = fields.apply("x-ratelimit-remaining-" + what);
      if (COUNT.matcher(left).matches()) {
        all.add(new Left(
            what,
            Long.parseLong(left),
            count(fields.apply("x-ratelimit-limit-" + what)),
            span(fields.apply("x-ratelimit-reset-" + what))));
      }
    }
    for (String what : OF_ANTHROPIC) {
      String name = "anthropic-ratelimit-" + what;
      String left = fields.apply(name + "-remaining");
      if (COUNT.matcher(left).matches()) {
        all.add(new Left(
            what,
            Long.parseLong(left),
            count(fields.apply(name + "-limit")),
            until(fields.apply(name + "-reset"), fields.apply("date"), now)));
      }
    }
    return all;
  }

  private static long count(String text) {
    return COUNT.matcher(text).matches() ? Long.parseLong(text) : -1;
  }

  /** {@code 6m0s}, {@code 12ms}, or plain seconds. */
  private static @Nullable Duration span(String text) {
    if (SECONDS.matcher(text).matches()) {
      return millis(Double.parseDouble(text) * 1000);
    }
    if (!SPANS.matcher(text).matches()) {
      return null;
    }
    double millis = 0;
    for (Matcher one = SPAN.matcher(text); one.find(); ) {
      millis += Double.parseDouble(one.group(1)) * millisOf(one.group(2));
    }
    return millis(millis);
  }

  private static double millisOf(String unit) {
    return switch (unit) {
      case "ms" -> 1;
      case "s" -> 1000;
      case "m" -> 60_000;
      case "h" -> 3_600_000;
      default -> 86_400_000;
    };
  }

  private static Duration millis(double millis) {
    return Duration.ofMillis((long) Math.ceil(millis));
  }

  /** A moment by the provider's clock, from its answer's own, where that is said. */
  private static @Nullable Duration until(String reset, String date, Instant now) {
    try {
      Duration left =
          Duration.between(said(date, now), OffsetDateTime.parse(reset).toInstant());
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static Instant said(String date, Instant otherwise) {
    try {
      return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
    } catch (DateTimeParseException e) {
      return otherwise;
    }
  }
}
