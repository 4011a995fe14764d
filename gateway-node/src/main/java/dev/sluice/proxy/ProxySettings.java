package dev.sluice.proxy;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;

/**
 * {@code sluice.proxy} in reference.conf.
 *
 * @param httpPort port that clients reach plain HTTP at, told to upstreams
 * @param httpsPort port that clients reach HTTPS at, told to upstreams and written into redirects unless it is 443
 * @param unsentBytes bytes that may wait for a slow reader, per direction, before its sender is held back
 * @param mirrors whether copies of requests are sent where routes ask for them
 * @param shadow how answers are compared with those of another gateway
 * @param requestTimeout of a request as a whole; zero for any
 * @param tryTimeout of one try, until its answer begins; zero for any
 * @param retriesPercent second tries of a worker for a hundred of its requests
 * @param retriesLeast second tries of a worker in ten seconds in any case
 * @param sharesRates whether all nodes count together how fast clients ask
 * @param ratePatience how long a request waits for another node's count
 * @param hashLoadPercent most requests of an endpoint that keys are bound to, in percent of the mean; 0 for any
 */
public record ProxySettings(
    int httpPort,
    int httpsPort,
    int unsentBytes,
    boolean mirrors,
    ShadowSettings shadow,
    Duration requestTimeout,
    Duration tryTimeout,
    int retriesPercent,
    int retriesLeast,
    int hashLoadPercent,
    boolean sharesRates,
    Duration ratePatience) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static ProxySettings from(Config config) {
    Section proxy = Section.of(config, "sluice.proxy");
    int hashLoadPercent = proxy.count("hash-load-percent", 0, 10_000);
    if (hashLoadPercent > 0 && hashLoadPercent <= 100) {
      throw new IllegalArgumentException("sluice.proxy.hash-load-percent: " + hashLoadPercent
          + " (expected: 0, or above 100: not every endpoint can be below the mean)");
    }
    return new ProxySettings(
        proxy.port("http-port"),
        proxy.port("https-port"),
        (int) proxy.bytes("unsent-bytes", 4096, 64 * 1024 * 1024),
        !Section.of(config, "sluice.node").text("mode").equals("observe"),
        ShadowSettings.from(config),
        proxy.duration("request-timeout", Duration.ZERO, Duration.ofHours(24)),
        proxy.duration("try-timeout", Duration.ZERO, Duration.ofHours(24)),
        proxy.count("retries-percent", 0, 100_000),
        proxy.count("retries-least", 0, 1_000_000),
        hashLoadPercent,
        sharesRates(proxy),
        proxy.duration("rate-patience", Duration.ofMillis(1), Duration.ofSeconds(10)));
  }

  private static boolean sharesRates(Section proxy) {
    return switch (proxy.text("rate-limits")) {
      case "node" -> false;
      case "cluster" -> true;
      default -> throw proxy.refused("rate-limits", "node or cluster");
    };
  }
}
