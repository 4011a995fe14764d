package dev.sluice.model.route;

import dev.sluice.model.health.Sign;
import org.jspecify.annotations.Nullable;

/** How an attempt ended that came to no answer: whether another target may do better, who is to blame, who may have to pay. */
public enum Ending {
  /** No connection: the provider can't have seen the request. */
  UNREACHABLE(true, false, Blame.TARGET, Sign.FAILED),
  /** No connection in time: likewise. */
  CONNECT_SLOW(true, false, Blame.TARGET, Sign.FAILED),
  /** The connection closed before an answer began. */
  CLOSED(true, false, Blame.TARGET, Sign.FAILED),
  /** Too slow. */
  SLOW(true, true, Blame.TARGET, Sign.FAILED),
  /** It broke off before anything usable came. */
  CUT(true, true, Blame.TARGET, Sign.FAILED),
  /** What came is no answer. */
  MALFORMED(true, true, Blame.TARGET, Sign.FAILED),
  /** 5xx, or an answer that begins by saying that it failed. */
  FAILED(true, false, Blame.TARGET, Sign.FAILED),
  /** 503 or 529. */
  OVERLOADED(true, false, Blame.TARGET, Sign.FAILED),
  /** 429. */
  LIMITED(true, false, Blame.KEY_WITH_MODEL, Sign.LIMITED),
  /** 401, 402: this key does not do. */
  REJECTED(true, false, Blame.KEY, Sign.REJECTED),
  /** 403: this key does not do for this model. */
  FORBIDDEN(true, false, Blame.KEY_WITH_MODEL, Sign.REJECTED),
  /** The prompt is too long for this model; another one may take it. */
  TOO_LONG(true, false, Blame.NOBODY, null),
  /** 4xx otherwise: the caller's own doing, wherever it is asked. */
  CALLERS_FAULT(false, false, Blame.NOBODY, null);

  /** Whose health it tells of. */
  public enum Blame {
    TARGET,
    KEY,
    KEY_WITH_MODEL,
    NOBODY
  }

  private final boolean movesOn;
  private final boolean billed;
  private final Blame blame;
  private final @Nullable Sign sign;

  Ending(boolean movesOn, boolean billed, Blame blame, @Nullable Sign sign) {
    this.movesOn = movesOn;
    this.billed = billed;
    this.blame = blame;
    this.sign = sign;
  }

  /** Whether another target may do better. */
  public boolean movesOn() {
    return movesOn;
  }

  /** Whether the provider may have counted tokens all the same. */
  public boolean billed() {
    return billed;
  }

  public Blame blame() {
    return blame;
  }

  /** For the health of whoever is to blame; null if nobody is. */
  public @Nullable Sign sign() {
    return sign;
  }

  /** Whether another key of the same target may do better. */
  public boolean keyOnly() {
    return blame == Blame.KEY || blame == Blame.KEY_WITH_MODEL;
  }

  /** @param status of 400 or more */
  public static Ending ofStatus(int status) {
    return switch (status) {
      case 401, 402 -> REJECTED;
      case 403 -> FORBIDDEN;
      case 408 -> FAILED;
      case 429 -> LIMITED;
      case 503, 529 -> OVERLOADED;
      default -> status >= 500 ? FAILED : CALLERS_FAULT;
    };
  }
}
