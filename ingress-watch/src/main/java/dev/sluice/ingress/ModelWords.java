package dev.sluice.ingress;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What ModelRoutes, providers and limits say, in words. No word of a Secret is among them. */
final class ModelWords {
  private static final int DECIMALS_OF_MICROS = 6;
  private static final int DECIMALS_OF_NANOS = 9;
  private static final long MILLIS_OF_SECOND = 1_000;

  private ModelWords() {}

  /** As manifests have it. */
  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Why an entry goes before others that fit. */
  static String why(ModelTable.Entry entry) {
    int size = entry.when().size();
    return (entry.exact()
            ? "its name is the whole name"
            : "of the names that fit, none is more exact (" + entry.name().literals()
                + " characters beside stars)")
        + (size == 0
            ? ""
            : ", and its spec.when holds, which asks for " + size
                + (size == 1 ? " thing" : " things"));
  }

  static String balance(ModelBalance balance) {
    return word(balance)
        + switch (balance) {
          case WEIGHTED -> ": at random, by weight";
          case LEAST_IN_FLIGHT ->
            ": the one that answers fewest requests of the node, for its weight";
          case LOWEST_LATENCY ->
            ": of two taken by weight, the one whose first token has come soonest of late";
          case HEADROOM ->
            ": the one, and by the key, whose provider's own limits leave the largest share";
          case PREFIX_HASH ->
            ": the one that the prompt's beginning belongs to, unless it is too busy";
          case QUEUE -> ": the one where least waits, by the server's own metrics";
        };
  }

  /** @param limit null if there is none */
  static String limit(@Nullable ModelLimit limit) {
    if (limit == null) {
      return "";
    }
    List<String> most = new ArrayList<>();
    if (limit.inFlight() > 0) {
      most.add(limit.inFlight() + " calls at a time");
    }
    if (limit.requestsPerMinute() > 0) {
      most.add(limit.requestsPerMinute() + " calls a minute");
    }
    if (limit.tokensPerMinute() > 0) {
      most.add(limit.tokensPerMinute() + " tokens a minute");
    }
    ModelLimit.Queue queue = limit.queue();
    return "at most " + String.join(", ", most) + " from all nodes; " + queue.length()
        + " may wait, " + queue.perTenant() + " of one tenant, for " + time(queue.longest());
  }

  static String fallback(ModelTable.Entry entry) {
    ModelFallback rule = entry.fallback();
    if (rule.attempts() == 1) {
      return "none: one attempt";
    }
    return "up to " + rule.attempts() + " attempts, none begun after " + time(rule.deadline())
        + (rule.firstToken().isZero()
            ? ""
            : "; from a target that has not begun a stream after " + time(rule.firstToken())
                + " to the next one");
  }

  static String cache(ModelTable.Entry entry) {
    if (entry.caching() == null) {
      return "none";
    }
    ModelCache rule = entry.caching().rule();
    return "an answer of at most " + rule.mostBytes() + " bytes is told again for "
        + time(rule.ttl()) + " to the same tenant, by the node that has it";
  }

  static List<String> bounds(ModelTable.Entry entry) {
    List<String> bounds = new ArrayList<>();
    bounds.add("an answer: at most " + entry.maxOutputTokens() + " tokens");
    bounds.add(
        entry.contextTokens() == 0
            ? "input that its bytes don't bound, such as images: refused"
            : "input that its bytes don't bound, such as images: held at " + entry.contextTokens()
                + " tokens");
    if (entry.limits().mostNanos() > 0) {
      bounds.add("cost of a request: at most " + dollars(entry.limits().mostNanos())
          + "; where it may be more, a target is not asked");
    }
    bounds.add("what a target's dialect has no words for: "
        + (entry.dropsUnsayable() ? "left out, and told" : "refused, by its field"));
    return List.copyOf(bounds);
  }

  private static String dollars(long nanos) {
    return "$" + plain(BigDecimal.valueOf(nanos, DECIMALS_OF_NANOS));
  }

  /** For a million tokens. */
  static String price(@Nullable ModelPrice price) {
    if (price == null) {
      return "price not known";
    }
    return "$" + ofMillion(price.input()) + " in, $" + ofMillion(price.output())
        + " out a million tokens"
        + (price.cachedInput() == price.input()
            ? ""
            : ", $" + ofMillion(price.cachedInput()) + " cached")
        + (price.cacheWrite() == price.input()
            ? ""
            : ", $" + ofMillion(price.cacheWrite()) + " written to a cache");
  }

  /** @param micros micro-dollars for a million tokens */
  private static String ofMillion(long micros) {
    return plain(BigDecimal.valueOf(micros, DECIMALS_OF_MICROS));
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  /** Where a key stands, without the mark of its secret. */
  static String key(ModelProvider.Key key) {
    int mark = key.name().lastIndexOf('@');
    return mark < 0 ? key.name() : key.name().substring(0, mark);
  }

  static String window(SpendingTree.Limit limit) {
    boolean calendar = limit.window() == DeclaredTenant.Window.DAY
        || limit.window() == DeclaredTenant.Window.MONTH;
    String zone = limit.zone().equals(ZoneOffset.UTC) ? "UTC" : limit.zone().getId();
    return word(limit.window()) + (calendar ? " in " + zone : "");
  }

  private static String time(Duration time) {
    long millis = time.toMillis();
    return millis % MILLIS_OF_SECOND == 0 ? time.toSeconds() + " s" : millis + " ms";
  }
}
