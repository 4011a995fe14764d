package dev.sluice.node.nginx;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code sluice.metrics.nginx} in reference.conf.
 *
 * @param perHost whether series have the label {@code host}
 * @param statusClasses whether statuses are counted as 2xx, 4xx …
 * @param leftOut names that are not shown, without {@code nginx_ingress_controller_}
 * @param series most combinations of labels
 * @param namespace, pod, controllerClass values of the labels that say which controller it is
 */
public record NginxSettings(
    boolean on,
    boolean perHost,
    boolean statusClasses,
    Set<String> leftOut,
    int series,
    String namespace,
    String pod,
    String controllerClass) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static NginxSettings from(Config config) {
    Section section = Section.of(config, "sluice.metrics.nginx");
    String pod = section.text("pod");
    return new NginxSettings(
        section.flag("on"),
        section.flag("per-host"),
        section.flag("status-classes"),
        Arrays.stream(section.text("left-out").split(",", -1))
            .map(name -> name.strip().replaceFirst("^" + Exposition.PREFIX, ""))
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toUnmodifiableSet()),
        section.count("series", 1, 100_000),
        section.text("namespace"),
        pod.isEmpty() ? Section.of(config, "sluice.node").text("name") : pod,
        Section.of(config, "sluice.ingress.class").text("controller"));
  }
}
