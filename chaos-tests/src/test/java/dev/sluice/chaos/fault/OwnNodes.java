package dev.sluice.chaos.fault;

import dev.sluice.chaos.traffic.Http;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A cluster of nodes that are killed, stopped for a while and started again, each a process of its own on its own loopback
 * address. Numbers count from 1.
 */
public final class OwnNodes implements AutoCloseable {
  private static final Path BUILT = Path.of("..", "gateway-node", "target").toAbsolutePath();
  private static final int CLUSTER_PORT = 25520;
  private static final long READY_SECONDS = 300;

  private final Path folder;
  private final String hosts;
  private final int first;
  private final int count;
  private final Map<String, String> settings;
  private final List<Path> inFront;
  private final Map<Integer, Process> running = new ConcurrentHashMap<>();
  private final Map<Integer, CompletableFuture<Void>> ready = new ConcurrentHashMap<>();
  private final Set<Integer> paused = ConcurrentHashMap.newKeySet();

  /**
   * @param folder for logs
   * @param host loopback address of the first
   * @param settings of all
   * @param inFront folders of classes that take the place of the build's own
   */
  public OwnNodes(
      Path folder, String host, int count, Map<String, String> settings, List<Path> inFront) {
    int dot = host.lastIndexOf('.') + 1;
    this.folder = folder;
    this.hosts = host.substring(0, dot);
    this.first = Integer.parseInt(host.substring(dot));
    this.count = count;
    this.settings = Map.copyOf(settings);
    this.inFront = List.copyOf(inFront);
  }

  public int count() {
    return count;
  }

  private String host(int number) {
    return hosts + (first + number - 1);
  }

  /** For traffic. */
  public String url(int number) {
    return "http://" + host(number) + ":8080";
  }

  public List<String> urls() {
    return IntStream.rangeClosed(1, count).mapToObj(this::url).toList();
  }

  /** Answer of the admin API. */
  public Http.Answer admin(int number, String path) throws IOException, InterruptedException {
    return Http.get("http://" + host(number) + ":8081/api/v1/" + path);
  }

  /** Everything in the log that a node wrote, in all its lives. */
  public List<String> log(int number) throws IOException {
    Path file = folder.resolve("node-" + number + ".log");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** CPU time of a running node so far. */
  public Duration cpu(int number) {
    Process process = running.get(number);
    return process == null ? Duration.ZERO : process.info().totalCpuDuration().orElseThrow();
  }

  public void start(int number) throws IOException {
    String classes = Stream.concat(
            inFront.stream().map(Path::toString),
            Stream.of(
                BUILT.resolve("classes").toString(),
                Files.readString(BUILT.resolve("classpath")).strip()))
        .collect(Collectors.joining(":"));
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xms64m",
        "-Xmx512m",
        "-XX:+UseParallelGC",
        "-XX:TieredStopAtLevel=1", // most live for seconds: what the second compiler makes would
        // not pay
        "-cp",
        classes,
        "dev.sluice.node.cli.Sluice",
        "node",
        "--logs",
        folder.toString(),
        "--settings-from-stdin"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    running.put(number, process);
    CompletableFuture<Void> whenReady = new CompletableFuture<>();
    ready.put(number, whenReady);
    try (OutputStream in = process.getOutputStream()) {
      in.write(settingsOf(number).getBytes(StandardCharsets.UTF_8));
    }
    Thread reader = new Thread(() -> read(number, process, whenReady), "node-" + number);
    reader.setDaemon(true);
    reader.start();
  }

  private String settingsOf(int number) {
    Map<String, String> all = new TreeMap<>(settings);
    String own = host(number);
    all.put("sluice.node.name", "node-" + number);
    for (String part : List.of("edge", "admin", "health", "metrics", "cluster")) {
      all.put("sluice." + part + ".host", own);
    }
    all.put("sluice.edge.port", "8080");
    all.put(
        "sluice.cluster.seeds",
        IntStream.rangeClosed(1, count)
            .mapToObj(one -> host(one) + ":" + CLUSTER_PORT)
            .collect(Collectors.joining(",")));
    return all.entrySet().stream()
        .map(one -> one.getKey() + "=" + one.getValue() + "\n")
        .collect(Collectors.joining());
  }

  private static void read(int number, Process process, CompletableFuture<Void> whenReady) {
    try (BufferedReader lines = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("ready ")) {
          whenReady.complete(null);
        } else {
          System.out.println("node-" + number + "   " + line);
        }
      }
    } catch (IOException e) {
      whenReady.completeExceptionally(e);
    }
    whenReady.completeExceptionally(new IOException("node-" + number + " has ended"));
  }

  /** Waits until it is in its cluster. */
  public void awaitReady(int number) {
    ready.get(number).orTimeout(READY_SECONDS, TimeUnit.SECONDS).join();
  }

  /** Whether it has come to its cluster in this life, and is not stopped. */
  public boolean isReady(int number) {
    CompletableFuture<Void> one = ready.get(number);
    return one != null
        && one.isDone()
        && !one.isCompletedExceptionally()
        && !paused.contains(number);
  }

  /** At once and without a word, as a failing machine would. */
  public void kill(int number) {
    Process process = running.remove(number);
    ready.remove(number);
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  /** It does nothing until {@link #resume}, and doesn't know. */
  public void pause(int number) throws IOException, InterruptedException {
    paused.add(number);
    signal(number, "STOP");
  }

  public void resume(int number) throws IOException, InterruptedException {
    signal(number, "CONT");
    paused.remove(number);
  }

  private void signal(int number, String name) throws IOException, InterruptedException {
    Process process = running.get(number);
    if (process != null) {
      new ProcessBuilder("kill", "-" + name, "" + process.pid())
          .inheritIO()
          .start()
          .waitFor();
    }
  }

  @Override
  public void close() {
    running.keySet().forEach(this::kill);
  }
}
