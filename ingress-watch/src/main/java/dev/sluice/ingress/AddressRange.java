package dev.sluice.ingress;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Addresses that share their first bits.
 *
 * @param bytes 4 for IPv4, 16 for IPv6
 * @param network the shared bits, as a number
 * @param hostBits how many bits follow them
 */
public record AddressRange(int bytes, BigInteger network, int hostBits) {
  private static final Pattern NUMERIC = Pattern.compile("[0-9a-fA-F:.]*[:.][0-9a-fA-F:.]*");

  /** Reads {@code 10.0.0.0/8}, {@code 10.1.2.3}, {@code fd00::/8} or the like; never asks a name server. */
  static Optional<AddressRange> parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (!NUMERIC.matcher(address).matches()
        || address.indexOf(':') < 0 && address.chars().filter(c -> c == '.').count() != 3) {
      return Optional.empty();
    }
    try {
      byte[] bytes = InetAddress.getByName(address).getAddress();
      int bits = slash < 0 ? bytes.length * 8 : Integer.parseInt(text.substring(slash + 1));
      if (bits < 0 || bits > bytes.length * 8) {
        return Optional.empty();
      }
      int hostBits = bytes.length * 8 - bits;
      return Optional.of(
          new AddressRange(bytes.length, new BigInteger(1, bytes).shiftRight(hostBits), hostBits));
    } catch (UnknownHostException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  public boolean contains(InetAddress address) {
    byte[] candidate = address.getAddress();
    return candidate.length == bytes
        && new BigInteger(1, candidate).shiftRight(hostBits).equals(network);
  }
}
