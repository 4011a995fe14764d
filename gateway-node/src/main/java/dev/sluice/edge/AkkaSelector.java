package dev.sluice.edge;

import akka.dispatch.AbstractNodeQueue;
import akka.dispatch.TaskInvocation;
import java.lang.reflect.Field;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The NIO selector inside Akka IO, and the queue of tasks around it. Akka's channel registry queues, in one serial
 * queue, a task that selects (and may block) and tasks that change the interest in a channel; the selecting task puts
 * itself back at once, so that it comes before the changes it made necessary. Run as queued, each read costs two
 * system calls to forget the channel and to watch it again, and one more to wake the selector. On a single thread none
 * of them is needed: changes go first, and nobody has to be woken.
 */
final class AkkaSelector {
  private static final Logger LOG = LoggerFactory.getLogger(AkkaSelector.class);
  private static final String SERIAL_QUEUE = "akka.util.SerializedSuspendableExecutionContext";
  private static final String REGISTRY = "akka.io.SelectionHandler$ChannelRegistryImpl";

  private final Selector selector;
  private final AtomicBoolean wokenUp;
  private final Runnable selecting;

  private AkkaSelector(Selector selector, AtomicBoolean wokenUp, Runnable selecting) {
    this.selector = selector;
    this.wokenUp = wokenUp;
    this.selecting = selecting;
  }

  /** Whether this is a turn of the registry's serial queue, rather than any other task of a dispatcher. */
  static boolean isTurn(Runnable task) {
    return task instanceof TaskInvocation turn
        && turn.runnable().getClass().getName().equals(SERIAL_QUEUE);
  }

  /** Finds the selector from the first turn of the queue; null if Akka is not built as this class expects. */
  static @Nullable AkkaSelector find(Runnable turn) {
    try {
      Runnable selecting = queueOf(turn).peek();
      Object registry = selecting == null ? null : field(selecting, Class.forName(REGISTRY));
      Selector selector = registry == null ? null : (Selector) field(registry, Selector.class);
      AtomicBoolean wokenUp =
          registry == null ? null : (AtomicBoolean) field(registry, AtomicBoolean.class);
      return selecting == null || selector == null || wokenUp == null
          ? null
          : new AkkaSelector(selector, wokenUp, selecting);
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.debug("Akka IO's selector was not found", e);
      return null;
    }
  }

  /**
   * Runs one turn of the queue on the loop's thread: a change of interest if there is one, else the selecting task.
   *
   * @param block whether the selecting task may wait for a channel to be ready
   */
  void run(Runnable turn, boolean block) {
    AbstractNodeQueue<Runnable> queue = queueOf(turn);
    if (queue.peek() == selecting && queue.count() > 1) {
      queue.poll();
      queue.add(selecting);
    }
    if (!block && queue.peek() == selecting) {
      selector.wakeup();
    }
    turn.run();
    wokenUp.set(true);
  }

  /** Ends a wait for channels. Called from any thread. */
  void wakeup() {
    selector.wakeup();
  }

  @SuppressWarnings("unchecked")
  private static AbstractNodeQueue<Runnable> queueOf(Runnable turn) {
    return (AbstractNodeQueue<Runnable>) ((TaskInvocation) turn).runnable();
  }

  private static @Nullable Object field(Object owner, Class<?> type) throws IllegalAccessException {
    for (Field field : owner.getClass().getDeclaredFields()) {
      if (type.isAssignableFrom(field.getType())) {
        field.setAccessible(true);
        return field.get(owner);
      }
    }
    return null;
  }
}
