package dev.sluice.model;

import dev.sluice.proxy.Refusal;
import dev.sluice.quota.Admission;
import dev.sluice.quota.ToNode;
import dev.sluice.quota.Unit;
import dev.sluice.wire.HeadSink;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** A quota in words and header fields, as clients of OpenAI's API know them. */
final class QuotaFields {
  private static final long FAR_MILLIS = 60_000;
  private static final int DECIMALS_OF_NANO = 9;

  /** The fields that tell how a bucket of some unit stands. */
  private record Names(String limit, String remaining, String reset) {
    static Names of(Unit unit) {
      String word = word(unit);
      return new Names(
          "x-ratelimit-limit-" + word,
          "x-ratelimit-remaining-" + word,
          "x-ratelimit-reset-" + word);
    }
  }

  private static final Map<Unit, Names> NAMES = new EnumMap<>(Unit.class);

  static {
    for (Unit unit : Unit.values()) {
      NAMES.put(unit, Names.of(unit));
    }
  }

  private QuotaFields() {}

  /** Of each unit the bucket that is nearest to its limit, and the name of the nearest of all. */
  static void rateLimit(List<ToNode.Room> rooms, HeadSink head) {
    if (rooms.size() == 1 && !rooms.get(0).observed()) {
      rateLimit(rooms.get(0), head);
      head.field("x-sluice-bucket", rooms.get(0).bucket());
      return;
    }
    Map<Unit, ToNode.Room> nearest = new EnumMap<>(Unit.class);
    ToNode.Room first = null;
    for (ToNode.Room room : rooms) {
      if (!room.observed()) {
        nearest.merge(room.unit(), room, QuotaFields::nearer);
        first = first == null ? room : nearer(first, room);
      }
    }
    nearest.values().forEach(room -> rateLimit(room, head));
    if (first != null) {
      head.field("x-sluice-bucket", first.bucket());
    }
  }

  private static ToNode.Room nearer(ToNode.Room one, ToNode.Room other) {
    return part(other) < part(one) ? other : one;
  }

  private static double part(ToNode.Room room) {
    return (double) room.free() / Math.max(1, room.limit());
  }

  private static void rateLimit(ToNode.Room room, HeadSink head) {
    Names names = Objects.requireNonNull(NAMES.get(room.unit()));
    head.field(names.limit(), Long.toString(room.limit()))
        .field(names.remaining(), Long.toString(Math.max(0, room.free())));
    if (room.resetInMillis() != ToNode.NEVER) {
      head.field(names.reset(), span(room.resetInMillis()));
    }
  }

  /** As manifests, header fields and metrics have it. */
  static String word(Unit unit) {
    return unit.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The fields of a 429; those who retry by themselves are told not to where it is far or won't help. */
  static void refused(Admission.Refused refused, HeadSink head) {
    rateLimit(List.of(refused.room()), head);
    if (refused.tryInMillis() == ToNode.NEVER || refused.tryInMillis() > FAR_MILLIS) {
      head.field("x-should-retry", "false");
    }
  }

  /** A refusal in words. */
  static Refusal refusal(String tenant, Admission.Refused refused, CallBounds bounds) {
    ToNode.Room room = refused.room();
    Unit unit = room.unit();
    long need = need(unit, bounds);
    StringBuilder text = new StringBuilder()
        .append(needed(unit, need, bounds))
        .append("; of the ")
        .append(amount(unit, room.limit()))
        .append(" of \"")
        .append(room.bucket())
        .append("\" of tenant \"")
        .append(tenant)
        .append("\" ")
        .append(amount(unit, Math.max(0, room.free())))
        .append(" are free");
    Duration retryAfter = null;
    if (need > room.limit()) {
      text.append(": it can never fit");
      if (unit != Unit.REQUESTS && unit != Unit.IN_FLIGHT_REQUESTS) {
        text.append(", ask for fewer output tokens (max_tokens) or send less");
      }
    } else if (refused.tryInMillis() == ToNode.NEVER) {
      text.append(", and waiting won't change that");
    } else {
      retryAfter = Duration.ofMillis(refused.tryInMillis());
      text.append(
          refused.tryInMillis() == 0
              ? ", the rest is held by requests that are running: try again shortly"
              : ": try again in " + (refused.tryInMillis() + 999) / 1000 + " s");
    }
    return new Refusal.OutOfQuota(room.bucket(), text.toString(), retryAfter);
  }

  private static long need(Unit unit, CallBounds bounds) {
    return switch (unit) {
      case TOKENS -> bounds.input() + bounds.output();
      case INPUT_TOKENS -> bounds.input();
      case OUTPUT_TOKENS -> bounds.output();
      case REQUESTS, IN_FLIGHT_REQUESTS -> 1;
      case COST -> bounds.nanos();
    };
  }

  private static String needed(Unit unit, long need, CallBounds bounds) {
    return switch (unit) {
      case TOKENS ->
        "this request may use " + need + " tokens (input up to " + bounds.input()
            + ", output up to " + bounds.output() + ")";
      case INPUT_TOKENS -> "this request may use " + need + " tokens of input";
      case OUTPUT_TOKENS -> "this request may use " + need + " tokens of output";
      case REQUESTS, IN_FLIGHT_REQUESTS -> "this is one request";
      case COST -> "this request may cost " + amount(unit, need);
    };
  }

  private static String amount(Unit unit, long amount) {
    return unit == Unit.COST
        ? "$"
            + BigDecimal.valueOf(amount, DECIMALS_OF_NANO).stripTrailingZeros().toPlainString()
        : Long.toString(amount);
  }

  /** A span of time as OpenAI writes it: 12ms, 1.5s, 6m0s. */
  static String span(long millis) {
    if (millis < 1_000) {
      return millis + "ms";
    }
    if (millis < 60_000) {
      long tenths = millis % 1_000 / 100;
      return millis / 1_000 + (tenths == 0 ? "" : "." + tenths) + "s";
    }
    long seconds = (millis + 999) / 1_000;
    return seconds / 60 + "m" + seconds % 60 + "s";
  }
}
