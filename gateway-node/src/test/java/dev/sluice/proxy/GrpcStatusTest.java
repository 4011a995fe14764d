package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in the fields of gRPC. */
class GrpcStatusTest {
  @ParameterizedTest
  @CsvSource({
    "1n, 1",
    "7u, 7000",
    "250m, 250000000",
    "3S, 3000000000",
    "2M, 120000000000",
    "1H, 3600000000000",
    "0S, 1",
    "99999999H, 9223372036854775807"
  })
  void aTimeoutIsANumberAndAUnit(String text, long nanos) {
    assertThat(GrpcStatus.nanosOf(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "S", "5", "5s", "-5S", "5 S", "1.5S", "123456789S", "S5"})
  void whatIsNoTimeoutIsNone(String text) {
    assertThat(GrpcStatus.nanosOf(text)).isZero();
  }

  @Test
  void aMessageIsVisibleAsciiAndEscapes() {
    assertThat(GrpcStatus.escaped("50% of \u00e9\n")).isEqualTo("50%25 of %C3%A9%0A");
  }
}
