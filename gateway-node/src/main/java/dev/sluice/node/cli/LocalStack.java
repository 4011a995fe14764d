package dev.sluice.node.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;

/** What a local run has started, stopped in the reverse order: on Ctrl-C, on SIGTERM, and when a start fails. */
final class LocalStack {
  /** Starts things, and pushes each so that it is stopped. */
  interface Start {
    void run(LocalStack stack) throws Exception;
  }

  private final Deque<AutoCloseable> running = new ArrayDeque<>();
  private final CountDownLatch stopped = new CountDownLatch(1);

  private LocalStack() {}

  /** Starts, and returns when everything has been stopped again. */
  static void runUntilStopped(Start start) throws Exception {
    LocalStack stack = new LocalStack();
    Runtime.getRuntime().addShutdownHook(new Thread(stack::stop, "sluice-stop"));
    try {
      start.run(stack);
    } catch (Exception e) {
      stack.stop();
      throw e;
    }
    stack.stopped.await();
  }

  void push(AutoCloseable started) {
    running.push(started);
  }

  /** What nodes on this machine share. */
  record Shared(DataDirectory data, String databaseUrl, String adminToken) {}

  /** Takes the data folder, and starts the database and the examples' backend unless others were named. */
  Shared startShared(LocalOptions options) throws Exception {
    options.manifests();
    DataDirectory data = DataDirectory.lock(options.data());
    push(data);
    String url = options.database().orElse("");
    if (url.isEmpty()) {
      LocalDatabase database = LocalDatabase.start(data);
      push(database);
      url = database.url();
    }
    if (options.examples()) {
      push(HelloBackend.start());
    }
    return new Shared(data, url, data.adminToken());
  }

  private synchronized void stop() {
    while (!running.isEmpty()) {
      try {
        running.pop().close();
      } catch (Exception e) {
        System.err.println("sluice: while stopping: " + Failures.messageOf(e));
      }
    }
    stopped.countDown();
  }
}
