package dev.sluice.ingress;

import java.util.Map;

/** A ConfigMap (v1): those of its entries that are text. */
public record DeclaredConfigMap(ObjectKey key, DeclaredAt at, Map<String, String> data)
    implements Declaration {}
