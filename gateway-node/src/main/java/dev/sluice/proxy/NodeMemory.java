package dev.sluice.proxy;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** What all workers of a node remember of clients together. Safe for use by all of them at once. */
public final class NodeMemory implements AutoCloseable {
  private static final int HASHING_THREADS = 2;

  private final ClientLimits limits = new ClientLimits();
  private final @Nullable SharedRates sharedRates;
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
    this(differences, null);
  }

  /** @param sharedRates counts how fast clients ask on all nodes together; null if each node counts by itself */
  public NodeMemory(Differences differences, @Nullable SharedRates sharedRates) {
    this.differences = differences;
    this.sharedRates = sharedRates;
  }

  @Nullable
  SharedRates sharedRates() {
    return sharedRates;
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
