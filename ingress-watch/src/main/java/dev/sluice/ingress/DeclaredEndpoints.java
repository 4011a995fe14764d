package dev.sluice.ingress;

import java.util.List;

/**
 * An EndpointSlice (discovery.k8s.io/v1).
 *
 * @param service name of the Service it belongs to
 * @param ports of TCP
 * @param udpPorts of UDP
 * @param ready endpoints that are
 */
public record DeclaredEndpoints(
    ObjectKey key,
    DeclaredAt at,
    String service,
    List<Port> ports,
    List<Port> udpPorts,
    List<Ready> ready)
    implements Declaration {
  /** One of TCP, whose endpoints are for all zones. */
  public DeclaredEndpoints(
      ObjectKey key, DeclaredAt at, String service, List<Port> ports, List<String> addresses) {
    this(
        key,
        at,
        service,
        ports,
        List.of(),
        addresses.stream().map(address -> new Ready(address, List.of())).toList());
  }

  /** @param name equals the Service port's name; empty if that has none */
  public record Port(String name, int number) {}

  /**
   * An address that is ready.
   *
   * @param zones for which it is meant, by its hints; empty for all
   */
  public record Ready(String address, List<String> zones) {}
}
