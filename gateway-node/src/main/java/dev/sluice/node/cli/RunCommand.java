package dev.sluice.node.cli;

import dev.sluice.node.Node;
import dev.sluice.node.NodeSettings;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** One node with everything it needs, in this process. */
@Command(name = "run", description = "one node on this machine, with an embedded PostgreSQL")
final class RunCommand implements Callable<Integer> {
  @Mixin
  private final LocalOptions options = new LocalOptions();

  @Override
  public Integer call() throws Exception {
    LocalStack.runUntilStopped(this::start);
    return 0;
  }

  private void start(LocalStack stack) throws Exception {
    LocalLogs.to(options.data().resolve("logs"), "node-1");
    LocalStack.Shared shared = stack.startShared(options);
    NodeSettings settings = NodeSettings.load(options.settings(0, 1, shared), options.config());
    Node node = Node.start(settings).toCompletableFuture().get();
    stack.push(() -> node.stop().toCompletableFuture().get());
    Readiness.await(node::inCluster);
    Greeting.print(options, List.of(settings), shared.data());
  }
}
