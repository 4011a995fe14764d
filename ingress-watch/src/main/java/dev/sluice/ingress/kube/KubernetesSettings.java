package dev.sluice.ingress.kube;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * {@code sluice.ingress.kubernetes} in reference.conf.
 *
 * @param kubeconfig file, or empty for what a Pod has, or else kubectl
 * @param namespaces that are looked at; empty for all
 * @param secretTypesLeftOut types of Secrets that are not read
 * @param page objects of one answer of a list
 * @param pause least time between two listings
 * @param waiting most changes that wait for a listing
 * @param requestTimeout of an answer that is no watch
 * @param watchTime how long the API server is asked to keep a watch
 * @param watchSilence after which a watch is taken for dead
 * @param backoffLeast first wait after a failure
 * @param backoffMost longest wait after failures; {@code backoffLeast} if that is longer
 * @param missingRetry wait after a kind that the API server does not know
 */
public record KubernetesSettings(
    String kubeconfig,
    List<String> namespaces,
    List<String> secretTypesLeftOut,
    int page,
    Duration pause,
    int waiting,
    Duration requestTimeout,
    Duration watchTime,
    Duration watchSilence,
    Duration backoffLeast,
    Duration backoffMost,
    Duration missingRetry) {
  private static final String PATH = "sluice.ingress.kubernetes.";
  private static final Duration HOUR = Duration.ofHours(1);

  public KubernetesSettings {
    namespaces = List.copyOf(namespaces);
    secretTypesLeftOut = List.copyOf(secretTypesLeftOut);
    count("page", page, 1, 10_000);
    time("pause", pause, Duration.ofMillis(1), Duration.ofMinutes(1));
    count("waiting", waiting, 1, 10_000_000);
    time("request-timeout", requestTimeout, Duration.ofSeconds(1), HOUR);
    time("watch-time", watchTime, Duration.ofSeconds(1), HOUR);
    time("watch-silence", watchSilence, Duration.ofSeconds(1), HOUR);
    time("backoff-least", backoffLeast, Duration.ofMillis(10), Duration.ofMinutes(1));
    time("backoff-most", backoffMost, Duration.ofMillis(10), HOUR);
    time("missing-retry", missingRetry, Duration.ofMillis(10), HOUR);
  }

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static KubernetesSettings from(Config config) {
    return new KubernetesSettings(
        read("kubeconfig", "a file, or nothing", config::getString),
        words(read("namespaces", "names separated by commas", config::getString)),
        words(read("secret-types-left-out", "types separated by commas", config::getString)),
        read("page", "a whole number", config::getInt),
        read("pause", "a time such as 100 ms", config::getDuration),
        read("waiting", "a whole number", config::getInt),
        read("request-timeout", "a time such as 30 s", config::getDuration),
        read("watch-time", "a time such as 5 minutes", config::getDuration),
        read("watch-silence", "a time such as 3 minutes", config::getDuration),
        read("backoff-least", "a time such as 200 ms", config::getDuration),
        read("backoff-most", "a time such as 10 s", config::getDuration),
        read("missing-retry", "a time such as 1 minute", config::getDuration));
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .distinct()
        .toList();
  }

  private static <T> T read(String key, String expected, Function<String, T> reader) {
    try {
      return reader.apply(PATH + key);
    } catch (ConfigException e) {
      throw new IllegalArgumentException(
          PATH + key + ": " + e.getMessage() + " (expected: " + expected + ")", e);
    }
  }

  private static void count(String key, int value, int least, int most) {
    check(key, "" + value, value >= least && value <= most, least + " to " + most);
  }

  private static void time(String key, Duration value, Duration least, Duration most) {
    check(
        key,
        value.toMillis() + " ms",
        value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
        least.toMillis() + " ms to " + most.toMillis() + " ms");
  }

  private static void check(String key, String value, boolean valid, String expected) {
    if (!valid) {
      throw new IllegalArgumentException(
          PATH + key + ": " + value + " (expected: " + expected + ")");
    }
  }
}
