package dev.sluice.model.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.route.LimitFields.Left;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitFieldsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static List<Left> of(Map<String, String> fields) {
    return LimitFields.of(name -> fields.getOrDefault(name, ""), NOW);
  }

  @Test
  void areReadAsOpenAiSaysThem() {
    assertThat(of(Map.of(
            "x-ratelimit-limit-requests", "60",
            "x-ratelimit-remaining-requests", "59",
            "x-ratelimit-reset-requests", "1s",
            "x-ratelimit-limit-tokens", "150000",
            "x-ratelimit-remaining-tokens", "149984",
            "x-ratelimit-reset-tokens", "6m0s")))
        .containsExactly(
            new Left("requests", 59, 60, Duration.ofSeconds(1)),
            new Left("tokens", 149984, 150000, Duration.ofMinutes(6)));
  }

  @Test
  void areReadAsAzureSaysThem() {
    assertThat(of(
            Map.of("x-ratelimit-remaining-requests", "9", "x-ratelimit-remaining-tokens", "8000")))
        .containsExactly(new Left("requests", 9, -1, null), new Left("tokens", 8000, -1, null));
  }

  @Test
  void areReadAsAnthropicSaysThemByItsOwnClock() {
    Map<String, String> fields = Map.of(
        "anthropic-ratelimit-input-tokens-limit", "20000",
        "anthropic-ratelimit-input-tokens-remaining", "5000",
        "anthropic-ratelimit-input-tokens-reset", "2026-03-01T12:10:30Z");
    assertThat(of(fields))
        .containsExactly(new Left("input-tokens", 5000, 20000, Duration.ofSeconds(630)));
    Map<String, String> later = new HashMap<>(fields);
    later.put("date", "Sun, 01 Mar 2026 12:10:00 GMT");
    assertThat(of(later))
        .containsExactly(new Left("input-tokens", 5000, 20000, Duration.ofSeconds(30)));
    later.put("date", "Sun, 01 Mar 2026 12:11:00 GMT");
    assertThat(of(later)).containsExactly(new Left("input-tokens", 5000, 20000, Duration.ZERO));
  }

  @ParameterizedTest
  @CsvSource({
    "12ms, 12",
    "7.66s, 7660",
    "2m59.56s, 179560",
    "1h30m, 5400000",
    "1d, 86400000",
    "10, 10000"
  })
  void resetsAreSpans(String said, long millis) {
    assertThat(of(Map.of("x-ratelimit-remaining-tokens", "1", "x-ratelimit-reset-tokens", said)))
        .containsExactly(new Left("tokens", 1, -1, Duration.ofMillis(millis)));
  }

  @ParameterizedTest
  @CsvSource({"-1", "1e3", "many", "9999999999999999999", "''"})
  void whatIsNoCountIsNotSaid(String said) {
    assertThat(of(Map.of("x-ratelimit-remaining-tokens", said))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"soon", "5 minutes", "-3s", "3x"})
  void whatIsNoSpanIsNotSaid(String said) {
    assertThat(of(Map.of("x-ratelimit-remaining-tokens", "1", "x-ratelimit-reset-tokens", said)))
        .containsExactly(new Left("tokens", 1, -1, null));
    assertThat(of(Map.of(
            "anthropic-ratelimit-tokens-remaining", "1", "anthropic-ratelimit-tokens-reset", said)))
        .containsExactly(new Left("tokens", 1, -1, null));
  }
}
