package dev.sluice.ingress;

/** Which object: what it is, and where it stands. The namespace is empty for kinds of the whole cluster. */
public record ObjectKey(String kind, String namespace, String name)
    implements Comparable<ObjectKey> {
  @Override
  public int compareTo(ObjectKey other) {
    int byKind = kind.compareTo(other.kind);
    int byNamespace = byKind != 0 ? byKind : namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  /** The object of another kind with this name, in this object's namespace. */
  public ObjectKey sibling(String kind, String name) {
    return new ObjectKey(kind, namespace, name);
  }

  @Override
  public String toString() {
    return namespace.isEmpty() ? kind + " " + name : kind + " " + namespace + "/" + name;
  }
}
