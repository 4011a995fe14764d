package dev.sluice.proxy;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * {@code sluice.proxy.shadow} in reference.conf.
 *
 * @param against host of the other gateway, or empty: then nothing is compared
 * @param perThousand how many of 1,000 requests that may be compared are
 * @param methods of requests that may be compared
 * @param headers fields of answers that are compared, in any case
 * @param bodyBytes of a body that are compared
 * @param atOnce comparisons of a worker at a time
 * @param timeout for the whole answer of the other gateway
 * @param kept differences that are listed
 */
public record ShadowSettings(
    String against,
    int httpPort,
    int httpsPort,
    int perThousand,
    Set<String> methods,
    Set<String> headers,
    int bodyBytes,
    int atOnce,
    Duration timeout,
    int kept) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  static ShadowSettings from(Config config) {
    Section shadow = Section.of(config, "sluice.proxy.shadow");
    String against = shadow.text("against").strip();
    if (!against.matches("[A-Za-z0-9.-]*|[0-9A-Fa-f:.]+")) {
      throw shadow.refused("against", "a host name or an address, without a port");
    }
    Set<String> headers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    headers.addAll(words(shadow.text("headers")));
    return new ShadowSettings(
        against,
        shadow.port("http-port"),
        shadow.port("https-port"),
        shadow.count("per-thousand", 0, 1000),
        words(shadow.text("methods")),
        headers,
        (int) shadow.bytes("body-bytes", 1024, 1 << 20),
        shadow.count("at-once", 1, 1000),
        shadow.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(5)),
        shadow.count("kept", 1, 10_000));
  }

  private static Set<String> words(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether anything is compared at all. */
  public boolean on() {
    return !against.isEmpty() && perThousand > 0;
  }
}
