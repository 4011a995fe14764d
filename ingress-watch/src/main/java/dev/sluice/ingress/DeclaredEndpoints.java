package dev.sluice.ingress;

import java.util.List;

/** An EndpointSlice (discovery.k8s.io/v1). {@code service} is the name of the Service it belongs to. */
public record DeclaredEndpoints(
    ObjectKey key, DeclaredAt at, String service, List<Port> ports, List<String> readyAddresses)
    implements Declaration {
  /** @param name equals the Service port's name; empty if that has none */
  public record Port(String name, int number) {}
}
