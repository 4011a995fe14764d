package dev.sluice.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import dev.sluice.admin.AdminSettings;
import dev.sluice.alert.AlertSettings;
import dev.sluice.edge.EdgeSettings;
import dev.sluice.identity.IdentitySettings;
import dev.sluice.ingress.ClassRules;
import dev.sluice.ingress.ControllerFlags;
import dev.sluice.ingress.kube.ClassSettings;
import dev.sluice.ingress.kube.FolderSettings;
import dev.sluice.ingress.kube.KeptSettings;
import dev.sluice.ingress.kube.KubernetesSettings;
import dev.sluice.ingress.kube.StatusSettings;
import dev.sluice.model.ModelSettings;
import dev.sluice.node.nginx.NginxSettings;
import dev.sluice.proxy.ProxySettings;
import dev.sluice.quota.QuotaSettings;
import dev.sluice.state.ClusterSettings;
import dev.sluice.state.DatabaseSettings;
import dev.sluice.state.DatabaseUrl;
import dev.sluice.state.Section;
import dev.sluice.tenancy.TenancySettings;
import dev.sluice.upstream.UpstreamSettings;
import dev.sluice.usage.UsageSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All settings of a node, read once and refused at start. {@code config} is for what Akka and Kamon read themselves. */
public record NodeSettings(
    Config config,
    String name,
    Mode mode,
    Path manifests,
    DatabaseUrl database,
    DatabaseSettings connections,
    Duration drainTimeout,
    Duration firstTableTimeout,
    Endpoint health,
    Endpoint metrics,
    NginxSettings nginx,
    EdgeSettings edge,
    UpstreamSettings upstream,
    ProxySettings proxy,
    ModelSettings model,
    QuotaSettings quota,
    ClusterSettings cluster,
    FolderSettings folder,
    Declarations declarations,
    KubernetesSettings kubernetes,
    ClassRules classes,
    ControllerFlags controller,
    KeptSettings kept,
    StatusSettings status,
    TenancySettings tenancy,
    UsageSettings usage,
    IdentitySettings identity,
    AlertSettings alerts,
    AdminSettings admin,
    WebhookSettings webhook) {
  /** Read by Akka and Kamon, which know more keys than are set here. */
  private static final List<String> HANDED_ON = List.of(
      "sluice.cluster.system.akka.",
      "sluice.control.akka.",
      "sluice.worker.common.akka.",
      "sluice.worker.event-loop.akka.",
      "sluice.worker.fork-join.akka.",
      "sluice.kamon.kamon.");

  /** Where declarations come from. */
  public enum Declarations {
    FOLDER,
    KUBERNETES
  }

  /** What a node does beside answering what is sent to it. */
  public enum Mode {
    SERVE,
    /** Reads, and tells nobody. */
    OBSERVE;

    /** As it is set and shown. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether the API server is told what became of its objects. */
  boolean writesStatuses() {
    return mode == Mode.SERVE && status.write();
  }

  /** Where a server of ours listens. */
  public record Endpoint(String host, int port) {}

  /**
   * Reads the settings: those given here, over the file, over reference.conf.
   *
   * @param given by path, such as {@code sluice.edge.port}
   * @throws IllegalArgumentException that names the key, its value and what was expected
   */
  public static NodeSettings load(Map<String, ?> given, java.util.Optional<Path> file) {
    Config own = file.map(path -> ConfigFactory.parseFile(
            path.toFile(), ConfigParseOptions.defaults().setAllowMissing(false)))
        .orElse(ConfigFactory.empty())
        .withFallback(ConfigFactory.empty());
    Config overrides = ConfigFactory.parseMap(given)
        .withFallback(ConfigFactory.systemProperties().withOnlyPath("sluice"));
    Config reference = ConfigFactory.defaultReference();
    refuseUnknown(overrides.withFallback(own), reference);
    return from(overrides.withFallback(own).withFallback(reference).resolve());
  }

  /** @param config all of it, resolved */
  static NodeSettings from(Config config) {
    Section node = Section.of(config, "sluice.node");
    return new NodeSettings(
        config,
        node.text("name"),
        mode(node),
        Path.of(node.text("manifests")),
        database(node.text("database")),
        DatabaseSettings.from(config),
        node.duration("drain-timeout", Duration.ZERO, Duration.ofHours(1)),
        node.duration("first-table-timeout", Duration.ZERO, Duration.ofMinutes(10)),
        endpoint(config, "sluice.health"),
        endpoint(config, "sluice.metrics"),
        NginxSettings.from(config),
        EdgeSettings.from(config),
        UpstreamSettings.from(config),
        ProxySettings.from(config),
        ModelSettings.from(config),
        QuotaSettings.from(config),
        ClusterSettings.from(config),
        FolderSettings.from(config),
        declarations(node),
        KubernetesSettings.from(config),
        ClassSettings.from(config, declarations(node) == Declarations.KUBERNETES),
        ControllerSettings.from(config),
        KeptSettings.from(config),
        StatusSettings.from(config),
        TenancySettings.from(config),
        UsageSettings.from(config),
        IdentitySettings.from(config),
        AlertSettings.from(config),
        AdminSettings.from(config),
        WebhookSettings.from(config));
  }

  private static Declarations declarations(Section node) {
    return switch (node.text("declarations")) {
      case "folder" -> Declarations.FOLDER;
      case "kubernetes" -> Declarations.KUBERNETES;
      default -> throw node.refused("declarations", "folder or kubernetes");
    };
  }

  private static Mode mode(Section node) {
    return switch (node.text("mode")) {
      case "serve" -> Mode.SERVE;
      case "observe" -> Mode.OBSERVE;
      default -> throw node.refused("mode", "serve or observe");
    };
  }

  private static DatabaseUrl database(String url) {
    try {
      return DatabaseUrl.parse(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("sluice.node.database: " + e.getMessage(), e);
    }
  }

  private static Endpoint endpoint(Config config, String path) {
    Section section = Section.of(config, path);
    return new Endpoint(section.text("host"), section.port("port"));
  }

  /** A key that nobody reads is a slip that would otherwise pass in silence. */
  private static void refuseUnknown(Config own, Config reference) {
    if (!own.hasPath("sluice")) {
      return;
    }
    for (Map.Entry<String, ConfigValue> entry :
        own.root().withOnlyKey("sluice").toConfig().entrySet()) {
      String key = entry.getKey();
      boolean handedOn = HANDED_ON.stream().anyMatch(key::startsWith);
      if (!handedOn && !reference.hasPathOrNull(key)) {
        throw new IllegalArgumentException(
            key + ": no such setting (expected: one of reference.conf; read in "
                + entry.getValue().origin().description() + ")");
      }
    }
  }

  /** Without the configuration, which holds a password. */
  @Override
  public String toString() {
    return "settings of node " + name;
  }
}
