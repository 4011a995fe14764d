package dev.sluice.node.cli;

import dev.sluice.node.Node;
import dev.sluice.node.NodeSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One node and nothing else: what a Pod or a local cluster runs. */
@Command(name = "node", description = "one node, with the settings given")
final class NodeCommand implements Callable<Integer> {
  @Mixin
  private SettingsOptions options = new SettingsOptions();

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
    Map<String, String> given = new LinkedHashMap<>(options.singly());
    if (settingsFromStdin) {
      new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .forEach(line -> put(line, given));
    }
    NodeSettings settings = NodeSettings.load(given, options.file());
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

  private static void put(String line, Map<String, String> given) {
    int equals = line.indexOf('=');
    if (equals > 0) {
      given.putIfAbsent(line.substring(0, equals), line.substring(equals + 1));
    }
  }
}
