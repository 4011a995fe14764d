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
 * @param forwardedFor whether a field says who the client is
 * @param forwardedForField its name: X-Forwarded-For unless another is set
 * @param forwarded whether X-Forwarded-Host, -Proto and -Port count too
 * @param sources who may say so
 * @param blocked who is refused on all hosts
 * @param blockedAgents likewise, by the field User-Agent
 * @param blockedReferers likewise, by the field Referer
 */
public record Trust(
    boolean proxyProtocol,
    boolean forwardedFor,
    String forwardedForField,
    boolean forwarded,
    List<AddressRange> sources,
    List<AddressRange> blocked,
    TextRules blockedAgents,
    TextRules blockedReferers) {
  private static final String X_FORWARDED_FOR = "X-Forwarded-For";

  /** Nobody is believed, nobody is blocked. */
  public static final Trust NONE = new Trust(
      false, false, X_FORWARDED_FOR, false, List.of(), List.of(), TextRules.NONE, TextRules.NONE);

  /** Where proxies usually are: ingress-nginx would believe everybody. */
  private static final List<String> PRIVATE = List.of(
      "10.0.0.0/8",
      "172.16.0.0/12",
      "192.168.0.0/16",
      "127.0.0.0/8",
      "100.64.0.0/10",
      "::1/128",
      "fc00::/7");

  static Trust of(ControllerConfig config, ControllerProblems problems) {
    boolean forwarded = config.is("use-forwarded-headers", false);
    List<String> given = config.list("proxy-real-ip-cidr");
    Trust trust = new Trust(
        config.is("use-proxy-protocol", false),
        forwarded || config.is("enable-real-ip", false),
        field(config, problems),
        forwarded,
        ranges("proxy-real-ip-cidr", given.isEmpty() ? PRIVATE : given, problems),
        ranges("block-cidrs", config.list("block-cidrs"), problems),
        TextRules.of(config.list("block-user-agents"), problems.patternOf("block-user-agents")),
        TextRules.of(config.list("block-referers"), problems.patternOf("block-referers")));
    return trust.matters() ? trust : NONE;
  }

  private boolean matters() {
    return proxyProtocol || forwardedFor || blocks();
  }

  private static String field(ControllerConfig config, ControllerProblems problems) {
    String given = config.text("forwarded-for-header");
    if (given == null || given.isBlank()) {
      return X_FORWARDED_FOR;
    }
    String name = given.strip().replace('_', '-');
    if (!Annotations.isToken(name)) {
      problems.add(
          "forwarded-for-header",
          '"' + given + '"',
          "the name of a header field",
          X_FORWARDED_FOR + " is read");
      return X_FORWARDED_FOR;
    }
    return name;
  }

  private static List<AddressRange> ranges(
      String key, List<String> texts, ControllerProblems problems) {
    List<AddressRange> ranges = new ArrayList<>();
    for (String text : texts) {
      AddressRange.parse(text)
          .ifPresentOrElse(
              ranges::add,
              () -> problems.add(
                  key,
                  '"' + text + '"',
                  "addresses such as 10.0.0.0/8 between commas",
                  "this one has no effect"));
    }
    return List.copyOf(ranges);
  }

  public boolean isSource(InetAddress address) {
    return sources.stream().anyMatch(range -> range.contains(address));
  }

  /** Whether anybody is refused on all hosts. */
  public boolean blocks() {
    return !blocked.isEmpty()
        || !blockedAgents.equals(TextRules.NONE)
        || !blockedReferers.equals(TextRules.NONE);
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
