package dev.sluice.ingress.kube;

import com.typesafe.config.Config;
import dev.sluice.ingress.ClassRules;
import dev.sluice.ingress.ClassRules.WithoutClass;

/** {@code sluice.ingress.class} in reference.conf. */
public final class ClassSettings {
  private static final SettingPath PATH = new SettingPath("sluice.ingress.class.");

  private ClassSettings() {}

  /**
   * Which Ingresses are ours.
   *
   * @param admitted whether an API server has admitted what is declared, and so given out the default class
   * @throws IllegalArgumentException that names the key, its value and what was expected
   */
  public static ClassRules from(Config config, boolean admitted) {
    String without = PATH.read("without", "auto, on or off", config::getString);
    return new ClassRules(
        PATH.read("controller", "a text", config::getString),
        PATH.read("name", "a text", config::getString),
        PATH.read("by-name", "on or off", config::getBoolean),
        switch (without) {
          case "on", "true", "yes" -> WithoutClass.SERVED;
          case "off", "false", "no" -> WithoutClass.IGNORED;
          case "auto" -> admitted ? WithoutClass.IGNORED : WithoutClass.AS_ADMITTED;
          default ->
            throw new IllegalArgumentException(
                PATH.path() + "without: " + without + " (expected: auto, on or off)");
        });
  }
}
