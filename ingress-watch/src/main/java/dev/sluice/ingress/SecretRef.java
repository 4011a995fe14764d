package dev.sluice.ingress;

/** One entry of a Secret in the same namespace. */
public record SecretRef(String field, String name, String entry) {}
