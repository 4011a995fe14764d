package dev.sluice.ingress;

import java.util.Map;

/** A Namespace (v1). */
public record DeclaredNamespace(ObjectKey key, DeclaredAt at, Map<String, String> labels)
    implements Declaration {}
