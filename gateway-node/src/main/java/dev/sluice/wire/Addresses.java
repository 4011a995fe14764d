package dev.sluice.wire;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Reads addresses without ever asking a name server. */
public final class Addresses {
  private static final Pattern IPV4 =
      Pattern.compile("(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  private Addresses() {}

  /** Whether this is an IPv4 or IPv6 address, the latter without brackets. */
  public static boolean isAddress(String host) {
    return IPV4.matcher(host).matches() || IPV6.matcher(host).matches();
  }

  /** The socket address of an IP address, or of a name that stays unresolved. */
  public static InetSocketAddress of(String host, int port) {
    if (isAddress(host)) {
      try {
        return new InetSocketAddress(InetAddress.getByName(host), port);
      } catch (UnknownHostException e) {
        return InetSocketAddress.createUnresolved(host, port);
      }
    }
    return InetSocketAddress.createUnresolved(host, port);
  }
}
