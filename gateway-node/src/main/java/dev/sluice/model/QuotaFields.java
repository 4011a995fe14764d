package dev.sluice.model;

import dev.sluice.proxy.Refusal;
import dev.sluice.quota.Admission;
import dev.sluice.quota.ToNode;
import dev.sluice.wire.HeadSink;
import java.time.Duration;
import java.util.List;

/** A quota in words and header fields, as clients of OpenAI's API know them. */
final class QuotaFields {
  private static final long FAR_MILLIS = 60_000;

  private QuotaFields() {}

  /** The bucket that is nearest to its limit. */
  static void rateLimit(List<ToNode.Room> rooms, HeadSink head) {
    ToNode.Room nearest = null;
    for (ToNode.Room room : rooms) {
      if (nearest == null || room.free() < nearest.free()) {
        nearest = room;
      }
    }
    if (nearest != null) {
      rateLimit(nearest, head);
    }
  }

  private static void rateLimit(ToNode.Room room, HeadSink head) {
    head.field("x-ratelimit-limit-tokens", Long.toString(room.limit()))
        .field("x-ratelimit-remaining-tokens", Long.toString(Math.max(0, room.free())));
    if (room.resetInMillis() != ToNode.NEVER) {
      head.field("x-ratelimit-reset-tokens", span(room.resetInMillis()));
    }
    head.field("x-sluice-bucket", room.bucket());
  }

  /** The fields of a 429; those who retry by themselves are told not to where it is far or won't help. */
  static void refused(Admission.Refused refused, HeadSink head) {
    rateLimit(refused.room(), head);
    if (refused.tryInMillis() == ToNode.NEVER || refused.tryInMillis() > FAR_MILLIS) {
      head.field("x-should-retry", "false");
    }
  }

  /**
   * A refusal in words.
   *
   * @param input bound of the input, in tokens
   * @param output bound of all answers, in tokens
   */
  static Refusal refusal(String tenant, Admission.Refused refused, long input, long output) {
    ToNode.Room room = refused.room();
    StringBuilder text = new StringBuilder()
        .append("this request may use ")
        .append(input + output)
        .append(" tokens (input up to ")
        .append(input)
        .append(", output up to ")
        .append(output)
        .append("); of the ")
        .append(room.limit())
        .append(" of \"")
        .append(room.bucket())
        .append("\" of tenant \"")
        .append(tenant)
        .append("\" ")
        .append(Math.max(0, room.free()))
        .append(" are free");
    Duration retryAfter = null;
    if (input + output > room.limit()) {
      text.append(": it can never fit, ask for fewer output tokens (max_tokens) or send less");
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
