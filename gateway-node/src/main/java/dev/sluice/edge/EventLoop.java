package dev.sluice.edge;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that runs everything of one worker: its actors and the NIO selector of its Akka IO extension, so that no
 * step of a request is handed from thread to thread.
 *
 * <p>Akka IO submits its selector as a task that blocks until a channel is ready. This executor knows that task, runs
 * it only when nothing else is left to do (or after a bounded number of tasks), and wakes the selector when another
 * thread brings work. Where the selector can't be found it gets a thread of its own, which costs more and is as correct.
 *
 * @see "docs/decisions/0001-edge.md, the measurements behind it"
 */
final class EventLoop implements Executor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
  private static final int TASKS_BETWEEN_SELECTS = 512;

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable Runnable> turn = new AtomicReference<>();
  private final Thread thread;
  private volatile @Nullable AkkaSelector selector;
  private volatile @Nullable ExecutorService selectorThread;
  private volatile boolean waiting;
  private volatile boolean closed;

  EventLoop(String name) {
    thread = new Thread(this::loop, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void execute(Runnable task) {
    if (!AkkaSelector.isTurn(task)) {
      tasks.add(task);
    } else if (knowsSelector(task)) {
      turn.set(task);
    } else {
      selectorThread().execute(task);
      return;
    }
    if (waiting && Thread.currentThread() != thread) {
      wake();
    }
  }

  /** Ends the thread when its tasks are done. */
  @Override
  public void close() {
    closed = true;
    wake();
    ExecutorService own = selectorThread;
    if (own != null) {
      own.shutdown();
    }
  }

  private void loop() {
    // The selector's last turn closes it, and with it the sockets whose actors are gone.
    while (!closed || !tasks.isEmpty() || turn.get() != null) {
      Runnable task = tasks.poll();
      for (int done = 1; task != null; done++) {
        run(task);
        task = done < TASKS_BETWEEN_SELECTS ? tasks.poll() : null;
      }
      waiting = true;
      Runnable next = turn.getAndSet(null);
      AkkaSelector known = selector;
      if (next != null && known != null) {
        known.run(next, tasks.isEmpty());
      } else if (tasks.isEmpty() && turn.get() == null && !closed) {
        LockSupport.park(this);
      }
      waiting = false;
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.error("a task on {} failed", Thread.currentThread().getName(), e);
    }
  }

  private void wake() {
    AkkaSelector known = selector;
    if (known != null) {
      known.wakeup();
    }
    LockSupport.unpark(thread);
  }

  private boolean knowsSelector(Runnable turn) {
    if (selector == null && selectorThread == null) {
      selector = AkkaSelector.find(turn);
    }
    return selector != null;
  }

  private synchronized ExecutorService selectorThread() {
    ExecutorService own = selectorThread;
    if (own == null) {
      LOG.warn(
          "{}: Akka IO's selector was not found, it gets a thread of its own", thread.getName());
      own = Executors.newSingleThreadExecutor(task -> {
        Thread selecting = new Thread(task, thread.getName() + "-selector");
        selecting.setDaemon(true);
        return selecting;
      });
      selectorThread = own;
    }
    return own;
  }
}
