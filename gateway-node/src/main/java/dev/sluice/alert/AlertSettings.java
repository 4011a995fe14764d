package dev.sluice.alert;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code sluice.alerts} in reference.conf, where each key is explained. */
public record AlertSettings(
    String webhook,
    String secret,
    List<Integer> marks,
    Duration timeout,
    int attempts,
    int waiting) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static AlertSettings from(Config config) {
    Section alerts = Section.of(config, "sluice.alerts");
    String webhook = alerts.text("webhook");
    if (!webhook.isEmpty() && !isUrl(webhook)) {
      throw new IllegalArgumentException(
          "sluice.alerts.webhook: what is there is no URL (expected: an http or https URL, or nothing)");
    }
    List<Integer> marks = new ArrayList<>();
    for (String mark : alerts.texts("marks")) {
      if (!mark.matches("[1-9][0-9]?|100")) {
        throw alerts.refused("marks", "numbers from 1 to 100");
      }
      marks.add(Integer.valueOf(mark));
    }
    return new AlertSettings(
        webhook,
        alerts.text("secret"),
        List.copyOf(marks),
        alerts.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
        alerts.count("attempts", 1, 20),
        alerts.count("waiting", 1, 100_000));
  }

  private static boolean isUrl(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Without the URL and the secret, which may be one both. */
  @Override
  public String toString() {
    return "alerts at " + marks;
  }
}
