package dev.sluice.node.cli;

import dev.sluice.ingress.kube.ApiServer;
import dev.sluice.ingress.kube.Listing;
import dev.sluice.ingress.kube.OneLook;
import dev.sluice.node.NodeSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where commands that only look take declarations from: a folder, or a cluster. Both are only read. */
final class DeclaredOptions {
  @Option(
      names = "--manifests",
      paramLabel = "DIR",
      description = "a folder of manifests; without it, a cluster is read")
  private @Nullable Path manifests;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "of the cluster (default: what kubectl takes)")
  private @Nullable Path kubeconfig;

  @Mixin
  private SettingsOptions settings = new SettingsOptions();

  NodeSettings settings() {
    if (manifests != null && kubeconfig != null) {
      throw new IllegalArgumentException(
          "--manifests and --kubeconfig: both given (expected: a folder or a cluster)");
    }
    Map<String, Object> all = new LinkedHashMap<>();
    if (manifests != null) {
      all.put("sluice.node.declarations", "folder");
      all.put("sluice.node.manifests", manifests.toAbsolutePath().normalize().toString());
    } else {
      all.put("sluice.node.declarations", "kubernetes");
      if (kubeconfig != null) {
        all.put(
            "sluice.ingress.kubernetes.kubeconfig", kubeconfig.toAbsolutePath().toString());
      }
    }
    all.putAll(settings.singly());
    return NodeSettings.load(all, settings.file());
  }

  /** For people. */
  String source() {
    return manifests != null
        ? manifests.toString()
        : kubeconfig != null ? "the cluster of " + kubeconfig : "the cluster";
  }

  static Listing look(NodeSettings settings) {
    if (settings.declarations() == NodeSettings.Declarations.FOLDER) {
      return OneLook.at(settings.manifests(), settings.folder());
    }
    try (ApiServer api = ApiServer.of(settings.kubernetes())) {
      return OneLook.at(api, settings.kubernetes()).toCompletableFuture().join();
    }
  }
}
