package dev.sluice.node.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits until a node is in its cluster, as long as it takes: without a cluster it serves all but models. */
final class Readiness {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long LOOK_MILLIS = 50;

  private Readiness() {}

  static void await(BooleanSupplier ready) {
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
    looks.scheduleWithFixedDelay(
        () -> System.out.println(
            "not yet in its cluster, so model routes answer 503; all other routes are served. The log says what it waits for."),
        PATIENCE.toSeconds(),
        PATIENCE.toSeconds(),
        TimeUnit.SECONDS);
    try {
      done.join();
    } finally {
      looks.shutdownNow();
    }
  }
}
