package dev.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses are told from names without a name server. */
class AddressesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.2.1", "255.255.255.255", "0.0.0.0", "::1", "2001:DB8::1", "::ffff:10.0.0.1"
      })
  void anAddressIsResolvedAtOnce(String host) {
    assertThat(Addresses.isAddress(host)).isTrue();
    InetSocketAddress address = Addresses.of(host, 80);
    assertThat(address.isUnresolved()).isFalse();
    assertThat(address.getPort()).isEqualTo(80);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.example",
        "localhost",
        "256.0.0.1",
        "1.2.3",
        "1.2.3.4.5",
        "beef",
        "1",
        "",
        "1.2.3.x"
      })
  void aNameStaysUnresolved(String host) {
    assertThat(Addresses.isAddress(host)).isFalse();
    assertThat(Addresses.of(host, 80).isUnresolved()).isTrue();
  }

  @Test
  void whatOnlyLooksLikeAnAddressIsLeftToWhoeverConnects() {
    assertThat(Addresses.of("1:2", 80).isUnresolved()).isTrue();
  }
}
