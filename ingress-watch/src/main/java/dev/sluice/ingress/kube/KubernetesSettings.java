package dev.sluice.ingress.kube;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

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
 * @param namespaceSelector labels of the namespaces that matter; empty: namespaces are not read
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
    Duration missingRetry,
    String namespaceSelector) {
  private static final SettingPath PATH = new SettingPath("sluice.ingress.kubernetes.");
  private static final Duration HOUR = Duration.ofHours(1);

  public KubernetesSettings {
    namespaces = List.copyOf(namespaces);
    secretTypesLeftOut = List.copyOf(secretTypesLeftOut);
    PATH.count("page", page, 1, 10_000);
    PATH.time("pause", pause, Duration.ofMillis(1), Duration.ofMinutes(1));
    PATH.count("waiting", waiting, 1, 10_000_000);
    PATH.time("request-timeout", requestTimeout, Duration.ofSeconds(1), HOUR);
    PATH.time("watch-time", watchTime, Duration.ofSeconds(1), HOUR);
    PATH.time("watch-silence", watchSilence, Duration.ofSeconds(1), HOUR);
    PATH.time("backoff-least", backoffLeast, Duration.ofMillis(10), Duration.ofMinutes(1));
    PATH.time("backoff-most", backoffMost, Duration.ofMillis(10), HOUR);
    PATH.time("missing-retry", missingRetry, Duration.ofMillis(10), HOUR);
  }

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static KubernetesSettings from(Config config) {
    return new KubernetesSettings(
        PATH.read("kubeconfig", "a file, or nothing", config::getString),
        words(PATH.read("namespaces", "names separated by commas", config::getString)),
        words(PATH.read("secret-types-left-out", "types separated by commas", config::getString)),
        PATH.read("page", "a whole number", config::getInt),
        PATH.read("pause", "a time such as 100 ms", config::getDuration),
        PATH.read("waiting", "a whole number", config::getInt),
        PATH.read("request-timeout", "a time such as 30 s", config::getDuration),
        PATH.read("watch-time", "a time such as 5 minutes", config::getDuration),
        PATH.read("watch-silence", "a time such as 3 minutes", config::getDuration),
        PATH.read("backoff-least", "a time such as 200 ms", config::getDuration),
        PATH.read("backoff-most", "a time such as 10 s", config::getDuration),
        PATH.read("missing-retry", "a time such as 1 minute", config::getDuration),
        config.getString("sluice.ingress.class.namespace-selector").strip());
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .distinct()
        .toList();
  }
}
