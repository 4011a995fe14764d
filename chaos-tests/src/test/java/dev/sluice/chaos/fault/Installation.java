package dev.sluice.chaos.fault;

import dev.sluice.chaos.traffic.Http;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * What {@code ./sluice run} or {@code ./sluice cluster} started: a launcher, its nodes and their database. Everything is
 * asked of it from outside: over HTTP, by signals, by the files of its data folder.
 */
public final class Installation implements AutoCloseable {
  private static final Path LAUNCHER = Path.of("..", "sluice").toAbsolutePath().normalize();
  private static final long READY_SECONDS = 90;
  private static final long STOP_SECONDS = 90;

  private final Path data;
  private final String host;
  private final Process launcher;
  private final List<String> output = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> outputRead = new CompletableFuture<>();

  private Installation(Path data, String host, List<String> arguments) throws IOException {
    this.data = data.toAbsolutePath();
    this.host = host;
    // Whoever runs these tests in the background may have Ctrl-C switched off for them.
    List<String> command =
        new ArrayList<>(List.of("env", "--default-signal=INT", LAUNCHER.toString()));
    command.addAll(arguments);
    command.addAll(List.of("--host", host, "--data", this.data.toString()));
    launcher = new ProcessBuilder(command).redirectErrorStream(true).start();
    Thread reader = new Thread(this::readOutput, "installation-output");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts it and waits for the line {@code ready}.
   *
   * @param host loopback address of the first node: a scenario's own, so that nothing else is in the way
   * @param arguments of the launcher, without {@code --host} and {@code --data}
   */
  public static Installation start(Path data, String host, String... arguments)
      throws IOException, InterruptedException {
    Installation started = begin(data, host, arguments);
    try {
      started.ready.get(READY_SECONDS, TimeUnit.SECONDS);
      return started;
    } catch (ExecutionException | TimeoutException e) {
      started.close();
      throw new AssertionError("not ready: " + String.join("\n", started.output), e);
    }
  }

  /** Starts it and does not wait. */
  public static Installation begin(Path data, String host, String... arguments) throws IOException {
    return new Installation(data, host, List.of(arguments));
  }

  private void readOutput() {
    try (BufferedReader lines = new BufferedReader(
        new InputStreamReader(launcher.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
        if (line.startsWith("ready ")) {
          ready.complete(line);
        }
      }
    } catch (IOException e) {
      output.add(e.toString());
    }
    ready.completeExceptionally(new IOException("the launcher has ended"));
    outputRead.complete(null);
  }

  /** What it has printed so far. */
  public List<String> output() {
    return List.copyOf(output);
  }

  /** Waits until the launcher ends by itself. */
  public int exitValue() throws InterruptedException {
    if (!launcher.waitFor(READY_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + String.join("\n", output));
    }
    outputRead.join();
    return launcher.exitValue();
  }

  /** Address of node {@code number}, from 1, for traffic. */
  public String url(int number) {
    return "http://" + hostOf(number) + ":8080";
  }

  /** Answer of the admin API of node {@code number}, from 1. */
  public Http.Answer admin(int number, String path) throws IOException, InterruptedException {
    return Http.get(adminUrl(number) + path);
  }

  /** Address of the admin API of node {@code number}, from 1. */
  public String adminUrl(int number) {
    return "http://" + hostOf(number) + ":8081/api/v1/";
  }

  /** The token that the launcher made for the admin API. */
  public String adminToken() throws IOException {
    return Files.readString(data.resolve("admin-token")).strip();
  }

  /** A page of the health or metrics port. */
  public Http.Answer page(int number, int port, String path)
      throws IOException, InterruptedException {
    return Http.get("http://" + hostOf(number) + ":" + port + path);
  }

  private String hostOf(int number) {
    int dot = host.lastIndexOf('.') + 1;
    return host.substring(0, dot) + (Integer.parseInt(host.substring(dot)) + number - 1);
  }

  /** Ends a node of a cluster as a failing machine would: at once and without a word. */
  public void killNode(int number) throws IOException {
    ProcessHandle noted = node(number);
    Stream.concat(noted.descendants(), Stream.of(noted)).toList().forEach(Installation::kill);
  }

  /** Asks a node of a cluster to leave, and waits until it is gone. */
  public void stopNode(int number) throws IOException, InterruptedException {
    ProcessHandle noted = node(number);
    noted.destroy();
    awaitEnd(List.of(noted));
  }

  private ProcessHandle node(int number) throws IOException {
    long pid = Long.parseLong(
        Files.readString(data.resolve("run").resolve("node-" + number + ".pid")).strip());
    return ProcessHandle.of(pid).orElseThrow();
  }

  /** Where its embedded database is reached. */
  public String databaseUrl() throws IOException {
    String password = Files.readString(data.resolve("postgresql-password")).strip();
    String port = Files.readAllLines(data.resolve("postgresql").resolve("postmaster.pid"))
        .get(3)
        .strip();
    return "postgresql://sluice:" + password + "@127.0.0.1:" + port + "/postgres";
  }

  /** Ends the embedded database as a failing machine would. */
  public void killDatabase() throws IOException {
    long pid =
        Long.parseLong(Files.readAllLines(data.resolve("postgresql").resolve("postmaster.pid"))
            .get(0)
            .strip());
    ProcessHandle.of(pid).ifPresent(Installation::kill);
  }

  /** Ends everything as a power cut would. */
  public void killAll() throws InterruptedException {
    List<ProcessHandle> all = processes();
    all.forEach(Installation::kill);
    awaitEnd(all);
  }

  /** Presses Ctrl-C, and waits for the end. */
  public void interrupt() throws IOException, InterruptedException {
    List<ProcessHandle> all = processes();
    new ProcessBuilder("kill", "-INT", "" + launcher.pid()).inheritIO().start().waitFor();
    awaitEnd(all);
  }

  /** {@code ./sluice stop}, and waits for the end. */
  public void stop() throws IOException, InterruptedException {
    List<ProcessHandle> all = processes();
    Process stop = new ProcessBuilder(LAUNCHER.toString(), "stop", "--data", data.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    if (!stop.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("./sluice stop took more than " + STOP_SECONDS + " s");
    }
    awaitEnd(all);
  }

  /** All processes that belong to it: those that name its data folder, the launcher, and their children. */
  public List<ProcessHandle> processes() {
    return ProcessHandle.allProcesses()
        .filter(one -> one.pid() == launcher.pid() || namesData(one))
        .flatMap(one -> Stream.concat(Stream.of(one), one.descendants()))
        .distinct()
        .filter(ProcessHandle::isAlive)
        .toList();
  }

  /** Linux only tells whole command lines in /proc. */
  private boolean namesData(ProcessHandle process) {
    Path file = Path.of("/proc", "" + process.pid(), "cmdline");
    try {
      return process.pid() != ProcessHandle.current().pid()
          && Files.readString(file, StandardCharsets.ISO_8859_1).contains(data.toString());
    } catch (IOException | UncheckedIOException e) {
      Optional<String> line = process.info().commandLine();
      return line.isPresent() && line.get().contains(data.toString());
    }
  }

  private static void awaitEnd(List<ProcessHandle> all) throws InterruptedException {
    CompletableFuture<?>[] ends =
        all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(ends).get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(
          "still there: "
              + all.stream()
                  .filter(ProcessHandle::isAlive)
                  .map(one -> one.info())
                  .toList(),
          e);
    }
  }

  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
  }

  /** Leaves nothing behind, whatever state it is in. */
  @Override
  public void close() {
    List<ProcessHandle> all = processes();
    all.forEach(Installation::kill);
    try {
      awaitEnd(all);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
