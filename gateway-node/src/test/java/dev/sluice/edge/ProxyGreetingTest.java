package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What the PROXY protocol's own text says that headers look like. */
class ProxyGreetingTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  private static Peer peer(String client, String own) throws UnknownHostException {
    return new Peer(
        new InetSocketAddress(InetAddress.getByName(client), 56_324),
        new InetSocketAddress(InetAddress.getByName(own), 443),
        false);
  }

  private static String line(Peer peer) {
    return new String(ProxyGreeting.of(1, peer), StandardCharsets.US_ASCII);
  }

  private static String binary(Peer peer) {
    return HexFormat.of().formatHex(ProxyGreeting.of(2, peer));
  }

  @Test
  void version1() throws UnknownHostException {
    assertThat(line(peer("192.0.2.7", "198.51.100.1")))
        .isEqualTo("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n");
    assertThat(line(peer("2001:db8::7", "2001:db8::1")))
        .isEqualTo("PROXY TCP6 2001:db8:0:0:0:0:0:7 2001:db8:0:0:0:0:0:1 56324 443\r\n");
    assertThat(line(peer("2001:db8::7", "198.51.100.1"))).isEqualTo("PROXY UNKNOWN\r\n");
  }

  @Test
  void version2() throws UnknownHostException {
    assertThat(binary(peer("192.0.2.7", "198.51.100.1")))
        .isEqualTo(SIGNATURE + "2111" + "000c" + "c0000207" + "c6336401" + "dc04" + "01bb");
    assertThat(binary(peer("2001:db8::7", "2001:db8::1")))
        .isEqualTo(SIGNATURE + "2121" + "0024" + "20010db8000000000000000000000007"
            + "20010db8000000000000000000000001" + "dc04" + "01bb");
    assertThat(binary(peer("2001:db8::7", "198.51.100.1"))).isEqualTo(SIGNATURE + "2100" + "0000");
  }
}
