package dev.sluice.upstream;

import java.time.Duration;

/** The connections of one worker to one origin. */
interface Pool {
  /**
   * Gives the call a connection, at once or later, or fails it.
   *
   * @param connectTimeout how long this call waits for a connection that has to be opened for it
   */
  void call(Duration connectTimeout, UpstreamEvents call);

  /** A call that waits is given up. */
  void cancel(UpstreamEvents call);
}
