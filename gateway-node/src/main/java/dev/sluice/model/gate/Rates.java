package dev.sluice.model.gate;

/**
 * Requests and tokens per minute. Of requests, a sixth of the limit may begin in ten seconds, so that nobody waits for a minute
 * behind a burst; limits that are too low for that count by the minute, as those of tokens. Pure.
 */
final class Rates {
  private static final long MINUTE_NANOS = 60_000_000_000L;
  private static final int PARTS = 6;

  private final RateWindow minute = new RateWindow(MINUTE_NANOS);
  private final RateWindow part = new RateWindow(MINUTE_NANOS / PARTS);
  private final RateWindow tokens = new RateWindow(MINUTE_NANOS);
  private long knownRequests;
  private long knownTokens;

  /** Whether one more call may begin. A call of more tokens than the limit has may if there are no others. */
  boolean room(GateRule rule, long need, long now) {
    return nanosUntilRoom(rule, need, now) == 0;
  }

  /** How long until it may, if no other begins. */
  long nanosUntilRoom(GateRule rule, long need, long now) {
    long wait = 0;
    if (rule.requestsPerMinute() > 0) {
      wait = minute.nanosUntil(rule.requestsPerMinute() - 1, now);
      long each = rule.requestsPerMinute() / PARTS;
      if (each >= PARTS) {
        wait = Math.max(wait, part.nanosUntil(each - 1, now));
      }
    }
    if (rule.tokensPerMinute() > 0) {
      long most = Math.max(0, rule.tokensPerMinute() - need);
      wait = Math.max(wait, tokens.nanosUntil(most, now));
    }
    return wait;
  }

  void began(long at, long requests, long tokensOfThem) {
    minute.add(at, requests);
    part.add(at, requests);
    tokens.add(at, tokensOfThem);
  }

  /** A call that began then has used more, or less, than was put aside. */
  void correct(long at, long moreTokens, long now) {
    tokens.correct(at, moreTokens, now);
  }

  /** Somebody tells what began before. */
  void inherited(long at, long requests, long tokensOfThem) {
    began(at, requests, tokensOfThem);
    knownRequests += requests;
    knownTokens += tokensOfThem;
  }

  /** While more may have begun before than is known: no more than what is known takes up, and gives back. */
  boolean roomInKnown(GateRule rule, long need, long now) {
    long requests = Math.min(rule.requestsPerMinute(), knownRequests);
    long most = Math.min(rule.tokensPerMinute(), knownTokens);
    boolean none = rule.requestsPerMinute() > 0 && requests == 0
        || rule.tokensPerMinute() > 0 && most < Math.min(need, rule.tokensPerMinute());
    return !none && room(rule.withRates(requests, most), need, now);
  }

  /** Nobody will tell any more: all that may have begun until then has, beside what is known. */
  void fill(GateRule rule, long at) {
    began(
        at,
        Math.max(0, rule.requestsPerMinute() - knownRequests),
        Math.max(0, rule.tokensPerMinute() - knownTokens));
  }
}
