package dev.sluice.tenancy;

/**
 * Who asks for a change, for the audit trail.
 *
 * @param who name of the token, or subject of the JWT
 * @param operation such as {@code createTenant}
 * @param ifChanged the number that the caller has seen; {@link #ANY} for whatever it is
 */
public record Change(String who, String role, String operation, long ifChanged) {
  public static final long ANY = -1;
}
