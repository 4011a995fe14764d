package dev.sluice.node.cli;

import java.io.PrintStream;

/** What a local run tells once all is up: addresses, what to try, and the line that scripts wait for. */
final class Greeting {
  private static final String SAMPLE_KEY = "sk-sluice-demo";

  private Greeting() {}

  static void print(LocalOptions options, int nodes, DataDirectory data) {
    PrintStream out = System.out;
    for (int i = 0; i < nodes; i++) {
      String host = options.host(i);
      out.printf(
          "node-%d   traffic %s   https %s:8443   admin http://%s:8081/api/v1/status   health http://%s:8558/ready   metrics http://%s:9095/metrics%n",
          i + 1, options.url(i), host, host, host, host);
    }
    out.println("data     " + data.root() + "   logs " + data.logs());
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
