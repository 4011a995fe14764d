package dev.sluice.ingress.kube;

import com.typesafe.config.Config;
import java.time.Duration;

/** {@code sluice.ingress.folder} in reference.conf. */
public record FolderSettings(Duration poll, long fileBytes, int files) {
  private static final SettingPath PATH = new SettingPath("sluice.ingress.folder.");

  public FolderSettings {
    PATH.check(
        "poll",
        poll.toMillis() + " ms",
        poll.toMillis() >= 10 && poll.toMillis() <= 60_000,
        "10 ms to 1 minute");
    PATH.check(
        "file-bytes",
        "" + fileBytes,
        fileBytes >= 1024 && fileBytes <= 64L << 20,
        "1 KiB to 64 MiB");
    PATH.check("files", "" + files, files >= 1 && files <= 100_000, "1 to 100,000");
  }

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static FolderSettings from(Config config) {
    return new FolderSettings(
        PATH.read("poll", "a time such as 250 ms", config::getDuration),
        PATH.read("file-bytes", "a size such as 4 MiB", config::getBytes),
        PATH.read("files", "a whole number", config::getInt));
  }
}
