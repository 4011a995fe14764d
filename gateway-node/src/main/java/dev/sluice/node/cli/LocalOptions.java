package dev.sluice.node.cli;

import dev.sluice.wire.Addresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code run} and {@code cluster} have in common. */
final class LocalOptions {
  private static final int LARGEST_OCTET = 254;
  private static final int TLS_PORT = 8443;
  private static final int CLUSTER_PORT = 25520;

  @Option(
      names = "--manifests",
      paramLabel = "DIR",
      description = "folder of manifests to serve (default: the examples)")
  private @Nullable Path manifests;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "where data is kept (default: ./data)")
  private Path data = Path.of("data");

  @Option(
      names = "--database",
      paramLabel = "URL",
      description = "PostgreSQL to use instead of the embedded one")
  private @Nullable String database;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "address of the first node")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "port for traffic (default: 8080)")
  private int port = 8080;

  @Mixin
  private SettingsOptions settings = new SettingsOptions();

  Path data() throws IOException {
    return Files.createDirectories(data.toAbsolutePath().normalize());
  }

  Optional<Path> config() {
    return settings.file();
  }

  Optional<String> database() {
    return Optional.ofNullable(database);
  }

  /** Whether the examples are served, which need their backend. */
  boolean examples() {
    return manifests == null;
  }

  Path manifests() {
    Path folder = manifests == null
        ? Path.of(System.getProperty("sluice.home", "."), "deploy", "examples")
        : manifests.toAbsolutePath();
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "--manifests " + folder + ": no such folder (expected: a folder of manifests)");
    }
    return folder.toAbsolutePath().normalize();
  }

  /** Address of node number {@code index}, from 0: they follow one another. */
  String host(int index) {
    int dot = host.lastIndexOf('.');
    boolean ipv4 = Addresses.isAddress(host) && dot > 0;
    if (!ipv4 && index == 0) {
      return host;
    }
    int last = ipv4 ? Integer.parseInt(host.substring(dot + 1)) + index : LARGEST_OCTET + 1;
    if (last > LARGEST_OCTET) {
      throw new IllegalArgumentException("--host " + host
          + ": can't count on from it (expected: an IPv4 address such as 127.0.0.1)");
    }
    return host.substring(0, dot + 1) + last;
  }

  int port() {
    return port;
  }

  /** Address that a browser or curl takes. */
  String url(int index) {
    return "http://" + host(index) + ":" + port;
  }

  /** Whether the admin API is left to us: with settings of somebody's own, they say who may do what. */
  boolean ownAdminToken() {
    return config().isEmpty()
        && settings.singly().keySet().stream().noneMatch(key -> key.startsWith("sluice.admin."));
  }

  private static boolean isLoopback(String host) {
    InetSocketAddress address = Addresses.of(host, 1);
    return !address.isUnresolved() && address.getAddress().isLoopbackAddress();
  }

  /** The settings of node number {@code index}, from 0, of {@code count}. */
  Map<String, Object> settings(int index, int count, LocalStack.Shared shared) {
    Map<String, Object> all = new LinkedHashMap<>();
    String own = host(index);
    all.put("sluice.node.name", "node-" + (index + 1));
    all.put("sluice.node.manifests", manifests().toString());
    all.put("sluice.node.database", shared.databaseUrl());
    all.put("sluice.edge.host", own);
    all.put("sluice.edge.port", port);
    all.put("sluice.proxy.http-port", port);
    all.put("sluice.proxy.https-port", TLS_PORT);
    all.put("sluice.admin.host", own);
    if (ownAdminToken()) {
      all.put("sluice.admin.token", shared.adminToken());
      all.put("sluice.admin.anonymous-reads", isLoopback(own) ? "on" : "off");
    }
    all.put("sluice.health.host", own);
    all.put("sluice.metrics.host", own);
    all.put("sluice.cluster.host", own);
    all.put(
        "sluice.cluster.seeds",
        IntStream.range(0, count)
            .mapToObj(i -> host(i) + ":" + CLUSTER_PORT)
            .collect(Collectors.joining(",")));
    all.putAll(settings.singly());
    return all;
  }
}
