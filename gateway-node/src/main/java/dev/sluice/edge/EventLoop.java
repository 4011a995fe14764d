package dev.sluice.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that runs everything of one worker: its actors, its tasks and its sockets, so that no step of a request is
 * handed from thread to thread. It goes in rounds: the tasks there are, then the sockets that are ready, then whatever is
 * done once a round; and it waits for sockets only when there is no task.
 *
 * @see "docs/decisions/0001-edge.md, the measurements behind it"
 */
final class EventLoop implements Executor, AutoCloseable {
  /** What is told that its socket is ready. */
  interface Watched {
    /** @param ops as in {@link SelectionKey#readyOps} */
    void ready(int ops);

    /** Something of ours went wrong in {@link #ready}: it ends, and nothing else. */
    void failed(Throwable why);
  }

  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
  private static final int TASKS_A_ROUND = 512;
  private static final Runnable NOTHING = () -> {};

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Selector selector;
  private final Thread thread;
  private Runnable everyRound = NOTHING;
  private volatile boolean waiting;
  private volatile boolean closed;

  EventLoop(String name) {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = new Thread(this::loop, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (waiting && Thread.currentThread() != thread) {
      selector.wakeup();
    }
  }

  /** What is done at the end of each round. To be called on the loop, once. */
  void everyRound(Runnable task) {
    everyRound = task;
  }

  /** Watches a socket for these operations. To be called on the loop. */
  SelectionKey watch(SelectableChannel channel, int ops, Watched watched) throws IOException {
    return channel.register(selector, ops, watched);
  }

  /** Ends the thread when its tasks are done, and closes what it still watches. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }

  private void loop() {
    while (!closed || !tasks.isEmpty()) {
      Runnable task = tasks.poll();
      for (int done = 1; task != null; done++) {
        run(task);
        task = done < TASKS_A_ROUND ? tasks.poll() : null;
      }
      run(everyRound);
      select();
    }
    end();
  }

  private void select() {
    waiting = true;
    try {
      if (tasks.isEmpty() && !closed) {
        selector.select(this::ready);
      } else {
        selector.selectNow(this::ready);
      }
    } catch (IOException e) {
      LOG.error("the selector of {} failed", thread.getName(), e);
    }
    waiting = false;
  }

  private void ready(SelectionKey key) {
    waiting = false;
    Watched watched = (Watched) key.attachment();
    try {
      if (key.isValid()) {
        watched.ready(key.readyOps());
      }
    } catch (Throwable e) {
      LOG.error("a connection on {} failed", thread.getName(), e);
      watched.failed(e);
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.error("a task on {} failed", thread.getName(), e);
    }
  }

  private void end() {
    try {
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      LOG.debug("closing the selector of {}", thread.getName(), e);
    }
  }
}
