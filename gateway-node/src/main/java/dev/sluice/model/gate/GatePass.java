package dev.sluice.model.gate;

/** One call at a gate: waiting, inside, or through. Safe for use by many threads. */
public final class GatePass {
  private final NodeGates gates;
  final String gate;
  final long number;
  final String tenant;
  final long tokens;
  final boolean patient;
  final long untilNanos;
  final GateAnswer answer;
  /** These under the lock of the gates. */
  boolean inside;

  boolean over;
  long inNanos;

  GatePass(
      NodeGates gates,
      String gate,
      long number,
      String tenant,
      long tokens,
      boolean patient,
      long untilNanos,
      GateAnswer answer) {
    this.gates = gates;
    this.gate = gate;
    this.number = number;
    this.tenant = tenant;
    this.tokens = tokens;
    this.patient = patient;
    this.untilNanos = untilNanos;
    this.answer = answer;
  }

  /** It is over, or does not wait any more. A second time changes nothing. */
  public void over() {
    gates.over(this);
  }

  /** It has used so many tokens, in the place of those that it might have. Once at most, after it was inside. */
  public void used(long total) {
    gates.used(this, total);
  }

  /** For how much longer its place is its own, in nanoseconds, as far as that is known now. */
  public long leftNanos() {
    return gates.leftNanos(this);
  }

  Wish wish(long now) {
    return new Wish(number, tenant, tokens, Math.max(0, (untilNanos - now) / 1_000_000), patient);
  }
}
