package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
  private static InetAddress v4(int a, int b, int c, int d) {
    try {
      return InetAddress.getByAddress(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, true",
    "10.0.0.0/8, true",
    "10.1.2.0/30, true",
    "0.0.0.0/0, true",
    "10.1.2.4, false",
    "10.1.2.4/30, false",
    "fd00::/8, false",
    "::/0, false"
  })
  void holdsWhatSharesItsFirstBits(String range, boolean holds) {
    assertThat(AddressRange.parse(range))
        .hasValueSatisfying(one -> assertThat(one.contains(v4(10, 1, 2, 3))).isEqualTo(holds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "10.0.0",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "1.2.3.4.5",
        "example.com",
        "10.0.0.256",
        "/8",
        ":::",
        "10.0.0.0/8x"
      })
  void isNothingElse(String text) {
    assertThat(AddressRange.parse(text)).isEmpty();
  }

  @Test
  void tellsAClientBehindTrustedProxiesFromOneThatPretends() {
    Trust trust = new Trust(
        false,
        true,
        "X-Forwarded-For",
        false,
        List.of(AddressRange.parse("10.0.0.0/8").orElseThrow()),
        List.of(),
        TextRules.NONE,
        TextRules.NONE);
    assertThat(trust.client(v4(10, 0, 0, 1), "1.2.3.4")).isEqualTo(v4(1, 2, 3, 4));
    assertThat(trust.client(v4(10, 0, 0, 1), "9.9.9.9, 1.2.3.4, 10.0.0.2"))
        .isEqualTo(v4(1, 2, 3, 4));
    assertThat(trust.client(v4(5, 5, 5, 5), "1.2.3.4")).isEqualTo(v4(5, 5, 5, 5));
    assertThat(trust.client(v4(10, 0, 0, 1), "nonsense")).isEqualTo(v4(10, 0, 0, 1));
  }
}
