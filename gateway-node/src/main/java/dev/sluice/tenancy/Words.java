package dev.sluice.tenancy;

/** Places in words. */
final class Words {
  private Words() {}

  /** Such as {@code team "web" of tenant "shop"}. */
  static String of(TenantId id) {
    String tenant = "tenant \"" + id.tenant() + '"';
    if (id.team().isEmpty() && id.key().isEmpty()) {
      return tenant;
    }
    String team = id.team().isEmpty() ? "" : "team \"" + id.team() + "\" of ";
    return (id.key().isEmpty() ? "" : "key \"" + id.key() + "\" of ") + team + tenant;
  }
}
