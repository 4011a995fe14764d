package dev.sluice.ingress;

import java.util.List;

/** A Service (v1). {@code externalName} is empty unless its type is ExternalName. */
public record DeclaredService(ObjectKey key, DeclaredAt at, String externalName, List<Port> ports)
    implements Declaration {
  /** @param name empty if the only port has none */
  public record Port(String name, int number) {}
}
