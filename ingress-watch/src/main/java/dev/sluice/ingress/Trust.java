package dev.sluice.ingress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whom the gateway believes what was before it, and whom it turns away everywhere.
 *
 * @param proxyProtocol whether connections begin with a header that says who the client is
 * @param forwardedFor whether X-Forwarded-For says who the client is
 * @param forwarded whether X-Forwarded-Host, -Proto and -Port count too
 * @param sources who may say so
 * @param blocked who is refused on all hosts
 */
public record Trust(
    boolean proxyProtocol,
    boolean forwardedFor,
    boolean forwarded,
    List<AddressRange> sources,
    List<AddressRange> blocked) {
  /** Nobody is believed, nobody is blocked. */
  public static final Trust NONE = new Trust(false, false, false, List.of(), List.of());

  /** Where proxies usually are: ingress-nginx would believe everybody. */
  private static final List<String> PRIVATE = List.of(
      "10.0.0.0/8",
      "172.16.0.0/12",
      "192.168.0.0/16",
      "127.0.0.0/8",
      "100.64.0.0/10",
      "::1/128",
      "fc00::/7");

  static Trust of(ControllerConfig config) {
    boolean forwarded = config.is("use-forwarded-headers", false);
    List<String> given = config.list("proxy-real-ip-cidr");
    return new Trust(
        config.is("use-proxy-protocol", false),
        forwarded || config.is("enable-real-ip", false),
        forwarded,
        ranges(given.isEmpty() ? PRIVATE : given),
        ranges(config.list("block-cidrs")));
  }

  private static List<AddressRange> ranges(List<String> texts) {
    List<AddressRange> ranges = new ArrayList<>();
    texts.forEach(text -> AddressRange.parse(text).ifPresent(ranges::add));
    return List.copyOf(ranges);
  }

  public boolean isSource(InetAddress address) {
    return sources.stream().anyMatch(range -> range.contains(address));
  }

  public boolean isBlocked(InetAddress address) {
    return !blocked.isEmpty() && blocked.stream().anyMatch(range -> range.contains(address));
  }

  /**
   * Who the client is: walking back from the peer, the first address that is not a trusted source's.
   *
   * @param peer who connected
   * @param forwardedFor value of X-Forwarded-For
   */
  public InetAddress client(InetAddress peer, String forwardedFor) {
    InetAddress client = peer;
    String[] hops = forwardedFor.split(",", -1);
    for (int i = hops.length - 1; i >= 0 && isSource(client); i--) {
      Optional<AddressRange> hop = AddressRange.parse(hops[i].strip());
      if (hop.isEmpty() || hop.get().hostBits() > 0) {
        return client;
      }
      client = address(hop.get());
    }
    return client;
  }

  private static InetAddress address(AddressRange single) {
    byte[] bytes = new byte[single.bytes()];
    byte[] number = single.network().toByteArray();
    int length = Math.min(number.length, bytes.length);
    System.arraycopy(number, number.length - length, bytes, bytes.length - length, length);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are an address", e);
    }
  }
}
