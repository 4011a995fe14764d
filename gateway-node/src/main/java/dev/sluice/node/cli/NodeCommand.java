package dev.sluice.node.cli;

import dev.sluice.node.Node;
import dev.sluice.node.NodeSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One node and nothing else: what a Pod or a local cluster runs. */
@Command(name = "node", description = "one node, with the settings given")
final class NodeCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "settings over those of reference.conf")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "a single setting, such as sluice.edge.port=80")
  private Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--logs",
      paramLabel = "DIR",
      description = "write logs there instead of to the output")
  private @Nullable Path logs;

  @Option(
      names = "--settings-from-stdin",
      description = "read more settings, KEY=VALUE a line, from the input")
  private boolean settingsFromStdin;

  @Override
  public Integer call() throws Exception {
    if (settingsFromStdin) {
      new String(System.in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(this::set);
    }
    NodeSettings settings = NodeSettings.load(set, Optional.ofNullable(config));
    if (logs != null) {
      LocalLogs.to(logs, settings.name());
    }
    Node node = Node.start(settings).toCompletableFuture().get();
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(
            () -> {
              node.stop().toCompletableFuture().join();
              stopped.countDown();
            },
            "sluice-stop"));
    Readiness.await(node::inCluster);
    System.out.println(
        "ready http://" + settings.edge().host() + ":" + settings.edge().port());
    System.out.flush();
    stopped.await();
    return 0;
  }

  private void set(String line) {
    int equals = line.indexOf('=');
    if (equals > 0) {
      set.putIfAbsent(line.substring(0, equals), line.substring(equals + 1));
    }
  }
}
