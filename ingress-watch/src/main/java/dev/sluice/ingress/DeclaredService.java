package dev.sluice.ingress;

import java.util.List;

/**
 * A Service (v1).
 *
 * @param externalName empty unless its type is ExternalName
 * @param clusterIp the address that stands for all of its endpoints; empty if it has none
 * @param ports of TCP
 * @param udpPorts of UDP
 */
public record DeclaredService(
    ObjectKey key,
    DeclaredAt at,
    String externalName,
    String clusterIp,
    List<Port> ports,
    List<Port> udpPorts)
    implements Declaration {
  /** One of TCP, without an address of its own. */
  public DeclaredService(ObjectKey key, DeclaredAt at, String externalName, List<Port> ports) {
    this(key, at, externalName, "", ports, List.of());
  }

  /** @param name empty if the only port has none */
  public record Port(String name, int number) {}
}
