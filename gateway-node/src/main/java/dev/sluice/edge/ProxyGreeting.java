package dev.sluice.edge;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What an endpoint is told, before all else on a connection, of who is behind it: the PROXY protocol, version 1 or 2. */
final class ProxyGreeting {
  private static final int IPV4_BYTES = 4;
  private static final int PORT_BYTES = 2;
  private static final byte PROXIED = 0x21;
  private static final byte UNKNOWN = 0x00;

  private ProxyGreeting() {}

  /** @param version 1, a line of text, or 2, which is binary */
  static byte[] of(int version, Peer peer) {
    InetSocketAddress from = peer.client();
    InetAddress to = peer.local();
    boolean alike = from.getAddress().getAddress().length == to.getAddress().length;
    return version == 1
        ? line(from, to, peer.localPort(), alike).getBytes(StandardCharsets.US_ASCII)
        : binary(from, to, peer.localPort(), alike);
  }

  /** @param alike whether both addresses are of one family; otherwise they can't be said */
  private static String line(InetSocketAddress from, InetAddress to, int port, boolean alike) {
    if (!alike) {
      return "PROXY UNKNOWN\r\n";
    }
    return "PROXY " + (isIpv4(to) ? "TCP4 " : "TCP6 ") + from.getAddress().getHostAddress() + " "
        + to.getHostAddress() + " " + from.getPort() + " " + port + "\r\n";
  }

  private static byte[] binary(InetSocketAddress from, InetAddress to, int port, boolean alike) {
    int length = alike ? 2 * (to.getAddress().length + PORT_BYTES) : 0;
    ByteBuffer out = ByteBuffer.allocate(ProxyHeader.FIXED_BYTES + length)
        .put(ProxyHeader.SIGNATURE)
        .put(PROXIED)
        .put(!alike ? UNKNOWN : (byte) (isIpv4(to) ? ProxyHeader.TCP4 : ProxyHeader.TCP6))
        .putShort((short) length);
    if (alike) {
      out.put(from.getAddress().getAddress())
          .put(to.getAddress())
          .putShort((short) from.getPort())
          .putShort((short) port);
    }
    return out.array();
  }

  private static boolean isIpv4(InetAddress address) {
    return address.getAddress().length == IPV4_BYTES;
  }
}
