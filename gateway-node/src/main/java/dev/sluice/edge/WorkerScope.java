package dev.sluice.edge;

import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Dialer;
import java.time.Duration;

/** What a worker offers to the objects that live on it. */
public interface WorkerScope extends Dialer {
  /** Coarse time-outs; to be used on the worker only. */
  Deadlines deadlines();

  /** Runs a task on the worker. May be called from any thread. */
  void execute(Runnable task);

  /** Runs a task on the worker after a while, to about ten milliseconds. To be called on the worker. */
  void after(Duration delay, Runnable task);
}
