package dev.sluice.tenancy;

/**
 * A place of a tenant's tree in the database.
 *
 * @param team empty for the tenant itself, and for keys without a team
 * @param key empty for the tenant or a team
 */
public record TenantId(String tenant, String team, String key) {
  public static TenantId ofTenant(String tenant) {
    return new TenantId(tenant, "", "");
  }

  public static TenantId ofTeam(String tenant, String team) {
    return new TenantId(tenant, team, "");
  }

  /** As the audit trail and limits name it: {@code teams/t/keys/k}; empty for the tenant. */
  public String place() {
    String of = team.isEmpty() ? "" : "teams/" + team;
    return key.isEmpty() ? of : (of.isEmpty() ? "" : of + "/") + "keys/" + key;
  }
}
