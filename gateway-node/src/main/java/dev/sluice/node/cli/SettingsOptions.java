package dev.sluice.node.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Settings over those of reference.conf, as every command that starts a node takes them. */
final class SettingsOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "settings over those of reference.conf")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "a single setting, such as sluice.edge.workers=4; may be repeated")
  private Map<String, String> set = new LinkedHashMap<>();

  Optional<Path> file() {
    return Optional.ofNullable(config);
  }

  Map<String, String> singly() {
    return set;
  }
}
