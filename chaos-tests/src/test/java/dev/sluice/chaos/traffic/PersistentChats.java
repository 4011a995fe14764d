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
 * Many clients that go on asking at the same time until enough answers have come or time is up. One that is refused tries
 * again as soon as another has an answer; one that finds its node gone turns to the next.
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
   * @param enough whole answers, of all clients together
   * @param seconds after which nobody asks again
   */
  public PersistentChats(Chat chat, List<String> urls, History history, int enough, int seconds) {
    this.chat = chat;
    this.urls = urls;
    this.history = history;
    this.enough = enough;
    this.deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  /** Runs {@code clients} of them and returns when the last has ended. */
  public void run(int clients) throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      List<Callable<Void>> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        String name = "client-" + i;
        int first = i;
        all.add(() -> insist(name, first));
      }
      for (Future<Void> one : threads.invokeAll(all)) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Void insist(String name, int first) throws InterruptedException {
    int node = first;
    while (succeeded.get() < enough && System.nanoTime() < deadline) {
      String url = urls.get(node % urls.size());
      Chat.Outcome outcome = chat.send(url);
      history.add(
          name, url, outcome.status(), outcome.tokens(), outcome.succeeded() ? "" : outcome.body());
      if (outcome.succeeded()) {
        succeeded.incrementAndGet();
        nextSuccess.getAndSet(new CompletableFuture<>()).complete(null);
      } else {
        node += outcome.status() == 0 ? 1 : 0;
        nextSuccess
            .get()
            .copy()
            .completeOnTimeout(null, PAUSE_MILLIS, TimeUnit.MILLISECONDS)
            .join();
      }
    }
    return null;
  }
}
