package dev.sluice.node.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Waits for the start of something that tells no one. */
final class Readiness {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 50;

  private Readiness() {}

  /** @throws IllegalStateException if it takes more than a minute */
  static void await(BooleanSupplier ready) throws InterruptedException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();
    looks.scheduleWithFixedDelay(
        () -> {
          if (ready.getAsBoolean()) {
            done.complete(null);
          }
        },
        0,
        LOOK_MILLIS,
        TimeUnit.MILLISECONDS);
    try {
      done.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the node has not joined its cluster within " + PATIENCE.toSeconds() + " s: see its log",
          e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      looks.shutdownNow();
    }
  }
}
