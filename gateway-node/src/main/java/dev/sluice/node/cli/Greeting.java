package dev.sluice.node.cli;

import dev.sluice.edge.EdgeSettings;
import dev.sluice.node.NodeSettings;
import java.io.PrintStream;
import java.util.List;

/** What a local run tells once all is up: addresses, what to try, and the line that scripts wait for. */
final class Greeting {
  private static final String SAMPLE_KEY = "sk-sluice-demo";

  private Greeting() {}

  /** @param nodes settings of the nodes that are up */
  static void print(LocalOptions options, List<NodeSettings> nodes, DataDirectory data) {
    PrintStream out = System.out;
    for (NodeSettings node : nodes) {
      EdgeSettings edge = node.edge();
      out.printf(
          "%s   traffic http://%s:%d   https %s:%d   admin http://%s:%d/api/v1/status   health http://%s:%d/ready   metrics http://%s:%d/metrics%n",
          node.name(),
          edge.host(),
          edge.port(),
          edge.host(),
          edge.tlsPort(),
          node.admin().host(),
          node.admin().port(),
          node.health().host(),
          node.health().port(),
          node.metrics().host(),
          node.metrics().port());
    }
    out.println("data     " + data.root() + "   logs " + data.logs());
    if (options.ownAdminToken()) {
      out.println(
          "admin    reads need no token here; changes need the one in " + data.adminTokenFile());
    }
    if (options.examples()) {
      out.println();
      out.println("Try an Ingress route:");
      out.println("  curl -H 'Host: hello.localhost' " + options.url(0) + "/");
      out.println(
          "Try a model, and see the quota going down (the key is a sample: for trying out only):");
      out.println(
          "  curl -iN " + options.url(0) + "/v1/chat/completions -H 'Authorization: Bearer "
              + SAMPLE_KEY
              + "' -d '{\"model\":\"echo-20x100ms\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"one two three four five\"}]}'");
      out.println();
    }
    out.println("ready " + options.url(0));
    out.flush();
  }
}
