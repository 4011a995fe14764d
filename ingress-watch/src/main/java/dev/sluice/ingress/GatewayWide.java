package dev.sluice.ingress;

import java.util.Collection;

/**
 * What the controller's ConfigMap says of all hosts at once.
 *
 * @param sessionTickets whether TLS sessions are kept by clients, rather than here
 * @param requestsPerConnection the answer to this one closes its client's connection; {@link Long#MAX_VALUE} for no such end
 */
public record GatewayWide(
    Trust trust,
    Compression compression,
    long requestsPerConnection,
    boolean sessionTickets,
    Forwarding forwarding,
    Logging logging,
    ClientSide clients) {
  /** Nothing is said. */
  public static final GatewayWide DEFAULT = new GatewayWide(
      Trust.NONE,
      Compression.OFF,
      Long.MAX_VALUE,
      false,
      Forwarding.DEFAULT,
      Logging.ALL,
      ClientSide.DEFAULT);

  /** @param problems takes what can't be honoured */
  static GatewayWide of(ControllerConfig config, Collection<Problem> problems) {
    ControllerProblems told = new ControllerProblems(config.declared(), problems);
    long requests = config.number("keep-alive-requests", Long.MAX_VALUE);
    return new GatewayWide(
        Trust.of(config, told),
        Compression.of(config),
        requests < 0 ? Long.MAX_VALUE : requests,
        config.is("ssl-session-tickets", false),
        Forwarding.of(config),
        Logging.of(config, told),
        ClientSide.of(config, told));
  }
}
