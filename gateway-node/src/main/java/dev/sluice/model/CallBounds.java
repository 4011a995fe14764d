package dev.sluice.model;

/**
 * The most that a call can come to, whichever target answers it.
 *
 * @param input tokens
 * @param output tokens of all answers together
 * @param nanos cost in nano-dollars; 0 where no limit counts it
 */
record CallBounds(long input, long output, long nanos) {
  static final CallBounds NONE = new CallBounds(0, 0, 0);

  CallBounds max(CallBounds other) {
    return new CallBounds(
        Math.max(input, other.input), Math.max(output, other.output), Math.max(nanos, other.nanos));
  }
}
