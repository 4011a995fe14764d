package dev.sluice.tenancy;

import java.time.Instant;

/**
 * A tenant, a team or a key as the database has it.
 *
 * @param limits as {@code TenantParts} writes them
 * @param jwt likewise; empty for all but keys that are known by tokens
 * @param expires milliseconds since 1970; 0 for never, and for tenants and teams
 * @param changed number of its last change: its ETag
 */
public record KeptEntry(
    TenantId id, String limits, String jwt, long expires, Instant created, long changed) {}
