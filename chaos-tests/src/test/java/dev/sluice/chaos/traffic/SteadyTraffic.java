package dev.sluice.chaos.traffic;

import dev.sluice.chaos.history.History;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Ordinary requests to one node, one after another from each of a few clients, until it is closed. */
public final class SteadyTraffic implements AutoCloseable {
  private static final int CLIENTS = 4;

  private final History history = new History();
  private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
  private volatile boolean closed;

  private SteadyTraffic() {}

  public static SteadyTraffic to(String url) {
    SteadyTraffic traffic = new SteadyTraffic();
    for (int i = 0; i < CLIENTS; i++) {
      String name = "client-" + i;
      traffic.clients.execute(() -> traffic.run(name, url));
    }
    return traffic;
  }

  private void run(String name, String url) {
    while (!closed) {
      try {
        Http.Answer answer = Http.hello(url);
        history.add(name, url, answer.status(), -1, "");
      } catch (IOException e) {
        history.add(name, url, 0, -1, e.toString());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  public long answered() {
    return history.count(200);
  }

  /** All that was not answered with 200. */
  public List<History.Entry> failures() {
    return history.entries().stream().filter(one -> one.status() != 200).toList();
  }

  @Override
  public void close() {
    closed = true;
    clients.shutdown();
  }
}
