package dev.sluice.node.cli;

import dev.sluice.node.NodeSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Several nodes on this machine, each a process of its own on its own loopback address. */
@Command(
    name = "cluster",
    description = "several nodes on this machine, with an embedded PostgreSQL")
final class ClusterCommand implements Callable<Integer> {
  private static final long STOP_SECONDS = 60;
  private static final int MOST_NODES = 16;

  @Parameters(paramLabel = "NODES", defaultValue = "3", description = "how many (default: 3)")
  private int nodes = 3;

  @Mixin
  private final LocalOptions options = new LocalOptions();

  @Override
  public Integer call() throws Exception {
    if (nodes < 1 || nodes > MOST_NODES) {
      throw new IllegalArgumentException(
          "cluster " + nodes + ": (expected: 1 to " + MOST_NODES + " nodes)");
    }
    LocalStack.runUntilStopped(this::start);
    return 0;
  }

  private void start(LocalStack stack) throws Exception {
    LocalStack.Shared shared = stack.startShared(options);
    List<NodeSettings> settings = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      settings.add(NodeSettings.load(options.settings(i, nodes, shared), options.config()));
    }
    List<CompletableFuture<Void>> ready = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      ready.add(startNode(stack, i, shared));
    }
    CompletableFuture.allOf(ready.toArray(CompletableFuture[]::new)).get();
    Greeting.print(options, settings, shared.data());
  }

  private CompletableFuture<Void> startNode(LocalStack stack, int index, LocalStack.Shared shared)
      throws IOException {
    String name = "node-" + (index + 1);
    List<String> command = new ArrayList<>(ownSession());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), Sluice.class.getName(), "node"));
    options.config().ifPresent(file -> command.addAll(List.of("--config", file.toString())));
    command.addAll(List.of("--logs", shared.data().logs().toString()));
    command.add("--settings-from-stdin");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    StringBuilder settings = new StringBuilder();
    options
        .settings(index, nodes, shared)
        .forEach((key, value) -> settings.append(key).append('=').append(value).append('\n'));
    try (var in = process.getOutputStream()) {
      in.write(settings.toString().getBytes(StandardCharsets.UTF_8));
    }
    shared.data().notePid(name, process.pid());
    stack.push(() -> stopNode(name, process, shared.data()));
    return readyLine(name, process);
  }

  /** Ctrl-C goes to a whole terminal session: the nodes shall hear of it from us, one after another. */
  private static List<String> ownSession() {
    return Files.isExecutable(Path.of("/usr/bin/setsid"))
        ? List.of("/usr/bin/setsid", "--wait")
        : List.of();
  }

  private static CompletableFuture<Void> readyLine(String name, Process process) {
    CompletableFuture<Void> ready = new CompletableFuture<>();
    Thread reader = new Thread(
        () -> {
          try (BufferedReader lines = new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
              if (line.startsWith("ready ")) {
                ready.complete(null);
              } else {
                System.out.println(name + "   " + line);
              }
            }
          } catch (IOException e) {
            ready.completeExceptionally(e);
          }
          ready.completeExceptionally(
              new IOException(name + " ended before it was ready: see its log"));
        },
        name + "-output");
    reader.setDaemon(true);
    reader.start();
    return ready;
  }

  private static void stopNode(String name, Process process, DataDirectory data) throws Exception {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    data.forgetPid(name);
  }
}
