package dev.sluice.model.gate;

import java.time.Duration;

/** What a call is told that wants to pass a gate, on any thread: one of the first three, and after {@link #in} perhaps the last. */
public interface GateAnswer {
  /**
   * It is inside; {@link GatePass#over} must follow.
   *
   * @param position that it had in the queue when it came; 0 if it did not wait
   */
  void in(int position);

  /**
   * There is no room, or it has waited too long.
   *
   * @param position that it has, or would have, in the queue
   */
  void out(int position, Duration retryAfter);

  /** Nobody can say whether there is room. */
  void unknown();

  /** Its place may be another one's now: it must end at once. */
  void lost();
}
