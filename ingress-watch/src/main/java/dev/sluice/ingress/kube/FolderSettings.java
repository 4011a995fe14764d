package dev.sluice.ingress.kube;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.function.Function;

/** {@code sluice.ingress.folder} in reference.conf. */
public record FolderSettings(Duration poll, long fileBytes, int files) {
  private static final String PATH = "sluice.ingress.folder.";

  public FolderSettings {
    check(
        "poll",
        poll.toMillis() + " ms",
        poll.toMillis() >= 10 && poll.toMillis() <= 60_000,
        "10 ms to 1 minute");
    check(
        "file-bytes",
        "" + fileBytes,
        fileBytes >= 1024 && fileBytes <= 64L << 20,
        "1 KiB to 64 MiB");
    check("files", "" + files, files >= 1 && files <= 100_000, "1 to 100,000");
  }

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static FolderSettings from(Config config) {
    return new FolderSettings(
        read("poll", "a time such as 250 ms", config::getDuration),
        read("file-bytes", "a size such as 4 MiB", config::getBytes),
        read("files", "a whole number", config::getInt));
  }

  private static <T> T read(String key, String expected, Function<String, T> reader) {
    try {
      return reader.apply(PATH + key);
    } catch (ConfigException e) {
      throw new IllegalArgumentException(
          PATH + key + ": " + e.getMessage() + " (expected: " + expected + ")", e);
    }
  }

  private static void check(String key, String value, boolean valid, String expected) {
    if (!valid) {
      throw new IllegalArgumentException(
          PATH + key + ": " + value + " (expected: " + expected + ")");
    }
  }
}
