package dev.sluice.ingress;

import java.util.List;

/**
 * A Service (v1).
 *
 * @param externalName empty unless its type is ExternalName
 * @param clusterIp the address that stands for all of its endpoints; empty if it has none
 */
public record DeclaredService(
    ObjectKey key, DeclaredAt at, String externalName, String clusterIp, List<Port> ports)
    implements Declaration {
  /** One without an address of its own. */
  public DeclaredService(ObjectKey key, DeclaredAt at, String externalName, List<Port> ports) {
    this(key, at, externalName, "", ports);
  }

  /** @param name empty if the only port has none */
  public record Port(String name, int number) {}
}
