package dev.sluice.state;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Reads the values of one section of the configuration, and refuses what is missing, of the wrong kind or out of range
 * with an IllegalArgumentException that says key, value and what was expected.
 */
public final class Section {
  private final Config config;
  private final String path;

  private Section(Config config, String path) {
    this.config = config;
    this.path = path;
  }

  /** @param path of the section, such as {@code sluice.edge} */
  public static Section of(Config config, String path) {
    if (!config.hasPath(path)) {
      throw new IllegalArgumentException(path + ": missing (expected: a section of settings)");
    }
    try {
      return new Section(config.getConfig(path), path);
    } catch (ConfigException.WrongType e) {
      throw new IllegalArgumentException(
          path + ": " + config.getValue(path).unwrapped() + " (expected: a section of settings)",
          e);
    }
  }

  public String text(String key) {
    return read(key, "a text", () -> config.getString(key));
  }

  public boolean flag(String key) {
    return read(key, "on or off", () -> config.getBoolean(key));
  }

  /** @throws IllegalArgumentException unless {@code least <= value <= most} */
  public int count(String key, int least, int most) {
    long value = read(key, "a whole number", () -> config.getLong(key));
    int count = (int) inRange(key, value, least, most, least + " to " + most);
    if (config.getDouble(key) != count) {
      throw refused(key, "a whole number");
    }
    return count;
  }

  public int port(String key) {
    return count(key, 1, 65535);
  }

  /** A size such as {@code 64 KiB}, in bytes. */
  public long bytes(String key, long least, long most) {
    long value = read(key, "a size such as 64 KiB", () -> config.getBytes(key));
    return inRange(key, value, least, most, least + " to " + most + " bytes");
  }

  /** A time such as {@code 5 s}. */
  public Duration duration(String key, Duration least, Duration most) {
    Duration value = read(key, "a time such as 5 s", () -> config.getDuration(key));
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw refused(key, least.toMillis() + " ms to " + most.toMillis() + " ms");
    }
    return value;
  }

  /** The sections of a list, each with its place in its path: {@code tokens[0]}. */
  public List<Section> sections(String key, int most) {
    List<? extends Config> all =
        read(key, "a list of sections { … }", () -> config.getConfigList(key));
    if (all.size() > most) {
      throw refused(key, "at most " + most + " of them");
    }
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      sections.add(new Section(all.get(i), path + "." + key + "[" + i + "]"));
    }
    return sections;
  }

  /** A list of texts; none if there is no such key. */
  public List<String> texts(String key) {
    return config.hasPath(key)
        ? read(key, "a list of texts", () -> config.getStringList(key))
        : List.of();
  }

  /** A text, or this if there is no such key. */
  public String textOr(String key, String ifMissing) {
    return config.hasPath(key) ? text(key) : ifMissing;
  }

  /** The names and texts of a section inside this one; none if there is no such section. */
  public Map<String, String> textsByName(String key) {
    Map<String, String> texts = new TreeMap<>();
    if (config.hasPath(key)) {
      read(key, "a section of texts", () -> config.getConfig(key))
          .root()
          .forEach((name, value) -> texts.put(name, String.valueOf(value.unwrapped())));
    }
    return texts;
  }

  /** Refuses keys that nobody reads: for sections of lists, which reference.conf does not list. */
  public Section only(String... names) {
    List<String> known = List.of(names);
    for (String name : config.root().keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(path + "." + name
            + ": no such setting (expected: one of " + String.join(", ", known) + ")");
      }
    }
    return this;
  }

  /** Refuses this section's value of a key, for a reason that only its reader knows. */
  public IllegalArgumentException refused(String key, String expected) {
    return new IllegalArgumentException(path + "." + key + ": "
        + config.getValue(key).unwrapped() + " (expected: " + expected + ")");
  }

  private long inRange(String key, long value, long least, long most, String expected) {
    if (value < least || value > most) {
      throw refused(key, expected);
    }
    return value;
  }

  private <T> T read(String key, String expected, Supplier<T> reader) {
    try {
      return reader.get();
    } catch (ConfigException.Missing e) {
      throw new IllegalArgumentException(
          path + "." + key + ": missing (expected: " + expected + ")", e);
    } catch (ConfigException e) {
      throw refused(key, expected);
    }
  }
}
