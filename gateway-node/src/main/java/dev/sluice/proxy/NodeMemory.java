package dev.sluice.proxy;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What all workers of a node remember of clients together. Safe for use by all of them at once. */
public final class NodeMemory implements AutoCloseable {
  private static final int HASHING_THREADS = 2;

  private final ClientLimits limits = new ClientLimits();
  private final Differences differences;
  private final AuthAnswers authAnswers = new AuthAnswers();
  private final ExecutorService hashing = Executors.newFixedThreadPool(HASHING_THREADS, task -> {
    Thread thread = new Thread(task, "sluice-passwords");
    thread.setDaemon(true);
    return thread;
  });
  private final PasswordCheck passwords = new PasswordCheck(hashing);

  /** @param differences takes how answers differ from those of another gateway */
  public NodeMemory(Differences differences) {
    this.differences = differences;
  }

  ClientLimits limits() {
    return limits;
  }

  Differences differences() {
    return differences;
  }

  AuthAnswers authAnswers() {
    return authAnswers;
  }

  PasswordCheck passwords() {
    return passwords;
  }

  @Override
  public void close() {
    hashing.shutdownNow();
  }
}
