package dev.sluice.ingress;

import java.util.List;

/** A ReferenceGrant (gateway.networking.k8s.io): which objects of other namespaces may name objects of its own. */
public record DeclaredReferenceGrant(ObjectKey key, DeclaredAt at, List<From> from, List<To> to)
    implements Declaration {
  /** Objects of this kind in this namespace. */
  public record From(String group, String kind, String namespace) {}

  /** @param name empty for all */
  public record To(String group, String kind, String name) {}

  /** Whether an Ingress of {@code namespace} may name this object of the core group, which is in the grant's namespace. */
  boolean letsIngresses(String namespace, ObjectKey object) {
    return object.namespace().equals(key.namespace())
        && from.stream()
            .anyMatch(one -> one.group().equals("networking.k8s.io")
                && one.kind().equals("Ingress")
                && one.namespace().equals(namespace))
        && to.stream()
            .anyMatch(one -> one.group().isEmpty()
                && one.kind().equals(object.kind())
                && (one.name().isEmpty() || one.name().equals(object.name())));
  }
}
