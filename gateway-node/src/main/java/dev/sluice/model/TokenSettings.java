package dev.sluice.model;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import java.time.Duration;

/** {@code sluice.model.tokens} in reference.conf, where each key is explained. */
public record TokenSettings(Duration timeout, int answerBytes, int mostCredentials, int waiting) {
  static TokenSettings from(Config config) {
    Section tokens = Section.of(config, "sluice.model.tokens");
    return new TokenSettings(
        tokens.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
        (int) tokens.bytes("answer-bytes", 1024, 1024 * 1024),
        tokens.count("most-credentials", 1, 100_000),
        tokens.count("waiting", 1, 10_000));
  }
}
