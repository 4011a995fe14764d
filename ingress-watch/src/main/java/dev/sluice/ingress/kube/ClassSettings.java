package dev.sluice.ingress.kube;

import com.typesafe.config.Config;
import dev.sluice.ingress.ClassRules;
import dev.sluice.ingress.ClassRules.WithoutClass;
import dev.sluice.ingress.LabelSelector;

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
        },
        namespaces(PATH.read("namespace-selector", "labels such as team=shop", config::getString)));
  }

  private static LabelSelector namespaces(String text) {
    try {
      return LabelSelector.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          PATH.path() + "namespace-selector: " + e.getMessage()
              + " (expected: labels such as team=shop or team in (shop,web))",
          e);
    }
  }
}
