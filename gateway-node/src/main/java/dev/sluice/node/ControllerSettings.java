package dev.sluice.node;

import com.typesafe.config.Config;
import dev.sluice.ingress.ControllerFlags;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.state.Section;
import org.jspecify.annotations.Nullable;

/** {@code sluice.ingress.controller} in reference.conf. */
final class ControllerSettings {
  private ControllerSettings() {}

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  static ControllerFlags from(Config config) {
    Section section = Section.of(config, "sluice.ingress.controller");
    ObjectKey configMap = key(section, "config-map", "ConfigMap");
    if (configMap == null) {
      throw section.refused("config-map", "namespace/name");
    }
    return new ControllerFlags(
        configMap,
        key(section, "default-backend-service", "Service"),
        key(section, "default-ssl-certificate", "Secret"),
        section.flag("catch-all"),
        section.flag("external-names"),
        key(section, "tcp-services", "ConfigMap"),
        key(section, "udp-services", "ConfigMap"),
        section.flag("ssl-passthrough"),
        section.text("zone"));
  }

  private static @Nullable ObjectKey key(Section section, String key, String kind) {
    String text = section.text(key);
    if (text.isEmpty()) {
      return null;
    }
    if (!text.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-.a-z0-9]*[a-z0-9])?")) {
      throw section.refused(key, "namespace/name");
    }
    int slash = text.indexOf('/');
    return new ObjectKey(kind, text.substring(0, slash), text.substring(slash + 1));
  }
}
