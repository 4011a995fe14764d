package dev.sluice.ingress.report;

import dev.sluice.ingress.Problem;

/** What becomes of something declared, best first. */
public enum Verdict {
  /** Not this gateway's to serve. */
  NOT_OURS("not ours"),
  /** As ingress-nginx does it. */
  HONOURED("honoured"),
  /** As if it were not there. */
  IGNORED("ignored"),
  /** Served otherwise than there. */
  DIFFERS("differs"),
  /** Not served until something else is there. */
  MISSING("missing"),
  /** Not served. */
  REFUSED("refused");

  private final String word;

  Verdict(String word) {
    this.word = word;
  }

  /** As people write it. */
  public String word() {
    return word;
  }

  static Verdict of(Problem.Weight weight) {
    return switch (weight) {
      case DIFFERS -> DIFFERS;
      case MISSING -> MISSING;
      case REFUSED -> REFUSED;
    };
  }

  static Verdict worse(Verdict one, Verdict other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
