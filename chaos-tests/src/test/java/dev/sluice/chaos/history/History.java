package dev.sluice.chaos.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What every client saw, in the order in which it ended. Safe for many threads. */
public final class History {
  /**
   * One request and its end.
   *
   * @param client who sent it
   * @param target where to
   * @param status of the answer, or 0 if there was none
   * @param tokens reported as used, or -1 if that never came
   * @param detail why it failed, or empty
   */
  public record Entry(
      long atNanos, String client, String target, int status, long tokens, String detail) {}

  private final long start = System.nanoTime();
  private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

  public void add(String client, String target, int status, long tokens, String detail) {
    entries.add(new Entry(System.nanoTime() - start, client, target, status, tokens, detail));
  }

  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** Sum of all tokens that clients were told to have used. */
  public long tokens() {
    return entries.stream().mapToLong(one -> Math.max(0, one.tokens())).sum();
  }

  public long count(int status) {
    return entries.stream().filter(one -> one.status() == status).count();
  }

  /** Keeps it in {@code target/histories} for whoever looks into a failure. */
  public void keep(String name) throws IOException {
    Path file = Files.createDirectories(Path.of("target", "histories")).resolve(name + ".txt");
    Files.write(file, entries.stream().map(Entry::toString).toList());
  }
}
