package dev.sluice.proxy;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What all workers of a node remember of clients together. Safe for use by all of them at once. */
public final class NodeMemory implements AutoCloseable {
  private static final int HASHING_THREADS = 2;

  private final ClientLimits limits = new ClientLimits();
  private final AuthAnswers authAnswers = new AuthAnswers();
  private final ExecutorService hashing = Executors.newFixedThreadPool(HASHING_THREADS, task -> {
    Thread thread = new Thread(task, "sluice-passwords");
    thread.setDaemon(true);
    return thread;
  });
  private final PasswordCheck passwords = new PasswordCheck(hashing);

  ClientLimits limits() {
    return limits;
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
