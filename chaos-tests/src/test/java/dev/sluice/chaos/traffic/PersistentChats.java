package dev.sluice.chaos.traffic;

import dev.sluice.chaos.history.History;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Many clients that each want one whole answer, at the same time. One that is refused tries again as soon as some other
 * request has ended, and gives up when enough others got theirs, or when time is up.
 */
public final class PersistentChats {
  private static final long PAUSE_MILLIS = 200;

  private final Chat chat;
  private final List<String> urls;
  private final History history;
  private final int enough;
  private final long deadline;
  private final AtomicInteger succeeded = new AtomicInteger();
  private final AtomicReference<CompletableFuture<Void>> nextSuccess =
      new AtomicReference<>(new CompletableFuture<>());

  /**
   * @param urls nodes that the clients are spread over
   * @param enough successes after which nobody tries again
   * @param seconds after which nobody tries again
   */
  public PersistentChats(Chat chat, List<String> urls, History history, int enough, int seconds) {
    this.chat = chat;
    this.urls = urls;
    this.history = history;
    this.enough = enough;
    this.deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  /** Runs {@code clients} of them and returns when all have an answer or have given up. */
  public void run(int clients) throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      List<Callable<Void>> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        String name = "client-" + i;
        String url = urls.get(i % urls.size());
        all.add(() -> insist(name, url));
      }
      for (Future<Void> one : threads.invokeAll(all)) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Void insist(String name, String url) throws InterruptedException {
    while (true) {
      Chat.Outcome outcome = chat.send(url);
      history.add(
          name, url, outcome.status(), outcome.tokens(), outcome.succeeded() ? "" : outcome.body());
      if (outcome.succeeded()) {
        succeeded.incrementAndGet();
        nextSuccess.getAndSet(new CompletableFuture<>()).complete(null);
        return null;
      }
      if (succeeded.get() >= enough || System.nanoTime() >= deadline) {
        return null;
      }
      nextSuccess
          .get()
          .copy()
          .completeOnTimeout(null, PAUSE_MILLIS, TimeUnit.MILLISECONDS)
          .join();
    }
  }
}
