package dev.sluice.ingress;

/**
 * What the controller's ConfigMap says of all hosts at once.
 *
 * @param sessionTickets whether TLS sessions are kept by clients, rather than here
 * @param requestsPerConnection the answer to this one closes its client's connection; {@link Long#MAX_VALUE} for no such end
 */
public record GatewayWide(
    Trust trust, Compression compression, long requestsPerConnection, boolean sessionTickets) {
  /** Nothing is said. */
  public static final GatewayWide DEFAULT =
      new GatewayWide(Trust.NONE, Compression.OFF, Long.MAX_VALUE, false);

  static GatewayWide of(ControllerConfig config) {
    Trust trust = Trust.of(config);
    boolean matters =
        trust.proxyProtocol() || trust.forwardedFor() || !trust.blocked().isEmpty();
    long requests = config.number("keep-alive-requests", Long.MAX_VALUE);
    return new GatewayWide(
        matters ? trust : Trust.NONE,
        Compression.of(config),
        requests < 0 ? Long.MAX_VALUE : requests,
        config.is("ssl-session-tickets", false));
  }
}
