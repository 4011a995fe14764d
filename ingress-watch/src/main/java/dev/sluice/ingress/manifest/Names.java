package dev.sluice.ingress.manifest;

import java.util.regex.Pattern;

/** Which texts are names, as the API server has it. */
final class Names {
  private static final int MOST_LABEL_CHARS = 63;
  private static final int MOST_SUBDOMAIN_CHARS = 253;
  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final Pattern SUBDOMAIN = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
  private static final Pattern DNS_LABEL = Pattern.compile(LABEL);
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern PORT_NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?");

  static final String HOST_EXPECTED =
      "a host name in lower case such as shop.example.com or *.example.com";

  private Names() {}

  static boolean isSubdomain(String text) {
    return text.length() <= MOST_SUBDOMAIN_CHARS && SUBDOMAIN.matcher(text).matches();
  }

  static boolean isLabel(String text) {
    return text.length() <= MOST_LABEL_CHARS && DNS_LABEL.matcher(text).matches();
  }

  static boolean isPortName(String text) {
    return PORT_NAME.matcher(text).matches();
  }

  /** A host name, or one with a leading wildcard label; no address. */
  static boolean isHost(String text) {
    return text.length() <= MOST_SUBDOMAIN_CHARS
        && isSubdomain(text.startsWith("*.") ? text.substring(2) : text)
        && !IPV4.matcher(text).matches();
  }
}
