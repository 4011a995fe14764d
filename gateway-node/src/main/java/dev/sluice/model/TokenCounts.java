package dev.sluice.model;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Counts tokens on a thread of its own: a long text takes longer than a worker has. */
final class TokenCounts implements AutoCloseable {
  private final ThreadPoolExecutor counting;

  /** @param waiting most counts that wait for their turn */
  TokenCounts(int waiting) {
    this.counting = new ThreadPoolExecutor(
        1, 1, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(waiting), task -> {
          Thread thread = new Thread(task, "sluice-token-counts");
          thread.setDaemon(true);
          return thread;
        });
    counting.allowCoreThreadTimeOut(true);
  }

  /** Fails with a {@link RejectedExecutionException} if too many wait. */
  <T> CompletionStage<T> count(Supplier<T> task) {
    CompletableFuture<T> counted = new CompletableFuture<>();
    try {
      counting.execute(() -> {
        try {
          counted.complete(task.get());
        } catch (RuntimeException e) {
          counted.completeExceptionally(e);
        }
      });
    } catch (RejectedExecutionException e) {
      counted.completeExceptionally(e);
    }
    return counted;
  }

  @Override
  public void close() {
    counting.shutdownNow();
  }
}
