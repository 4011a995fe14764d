package dev.sluice.ingress.kube;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.sluice.ingress.ClassRules;
import dev.sluice.ingress.ClassRules.WithoutClass;
import java.util.function.Function;

/** {@code sluice.ingress.class} in reference.conf. */
public final class ClassSettings {
  private static final String PATH = "sluice.ingress.class.";

  private ClassSettings() {}

  /**
   * Which Ingresses are ours.
   *
   * @param admitted whether an API server has admitted what is declared, and so given out the default class
   * @throws IllegalArgumentException that names the key, its value and what was expected
   */
  public static ClassRules from(Config config, boolean admitted) {
    String without = read("without", "auto, on or off", config::getString);
    return new ClassRules(
        read("controller", "a text", config::getString),
        read("name", "a text", config::getString),
        read("by-name", "on or off", config::getBoolean),
        switch (without) {
          case "on", "true", "yes" -> WithoutClass.SERVED;
          case "off", "false", "no" -> WithoutClass.IGNORED;
          case "auto" -> admitted ? WithoutClass.IGNORED : WithoutClass.AS_ADMITTED;
          default ->
            throw new IllegalArgumentException(
                PATH + "without: " + without + " (expected: auto, on or off)");
        });
  }

  private static <T> T read(String key, String expected, Function<String, T> reader) {
    try {
      return reader.apply(PATH + key);
    } catch (ConfigException e) {
      throw new IllegalArgumentException(
          PATH + key + ": " + e.getMessage() + " (expected: " + expected + ")", e);
    }
  }
}
