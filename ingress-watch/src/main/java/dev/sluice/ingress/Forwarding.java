package dev.sluice.ingress;

/**
 * What upstreams are told beside what the client has sent, on all hosts.
 *
 * @param requestIds whether X-Request-ID is sent at all
 * @param originalUri whether X-Original-URI is sent
 * @param wholeForwardedFor whether who connected is added to X-Forwarded-For of a trusted proxy, rather than replacing it
 * @param underscores whether fields pass in whose names underscores are
 * @param oddNames whether fields pass in whose names other signs than letters, digits and hyphens are
 */
public record Forwarding(
    boolean requestIds,
    boolean originalUri,
    boolean wholeForwardedFor,
    boolean underscores,
    boolean oddNames) {
  /** As ingress-nginx does it. */
  public static final Forwarding DEFAULT = new Forwarding(true, false, false, false, false);

  static Forwarding of(ControllerConfig config) {
    return new Forwarding(
        config.is("generate-request-id", true),
        config.is("proxy-add-original-uri-header", false),
        config.is("compute-full-forwarded-for", false),
        config.is("enable-underscores-in-headers", false),
        !config.is("ignore-invalid-headers", true));
  }
}
