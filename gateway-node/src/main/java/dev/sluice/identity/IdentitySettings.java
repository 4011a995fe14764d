package dev.sluice.identity;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code sluice.identity} in reference.conf, where each key is explained. */
public record IdentitySettings(
    List<Issuer> issuers,
    Duration clockSkew,
    Duration refreshInterval,
    Duration retryDelay,
    Duration keepKeys,
    Duration fetchTimeout,
    long keysBytes,
    int remembered,
    int waiting) {
  private static final int MOST_ISSUERS = 32;

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static IdentitySettings from(Config config) {
    Section identity = Section.of(config, "sluice.identity");
    List<Issuer> issuers = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Set<String> urls = new HashSet<>();
    for (Section one : identity.sections("issuers", MOST_ISSUERS)) {
      Issuer issuer = Issuer.from(one);
      if (!names.add(issuer.name()) || !urls.add(issuer.issuer())) {
        throw one.refused("name", "a name and an issuer that no other has");
      }
      issuers.add(issuer);
    }
    return new IdentitySettings(
        List.copyOf(issuers),
        identity.duration("clock-skew", Duration.ZERO, Duration.ofMinutes(5)),
        identity.duration("refresh-interval", Duration.ofSeconds(1), Duration.ofHours(24)),
        identity.duration("retry-delay", Duration.ofMillis(100), Duration.ofMinutes(10)),
        identity.duration("keep-keys", Duration.ofMinutes(1), Duration.ofDays(30)),
        identity.duration("fetch-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
        identity.bytes("keys-bytes", 1024, 16 * 1024 * 1024),
        identity.count("remembered", 1, 1_000_000),
        identity.count("waiting", 1, 100_000));
  }
}
