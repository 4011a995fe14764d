package dev.sluice.admin;

import dev.sluice.ingress.ClaimRule;
import dev.sluice.ingress.Claims;
import dev.sluice.ingress.manifest.TenantParts;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who a good JWT stands for. */
final class OidcCaller {
  private static final int MOST_TENANTS = 1_000;

  private OidcCaller() {}

  /** By the first rule that fits; empty if none does, or if it leaves a tenant-admin without a tenant. */
  static Optional<Caller> of(Claims token, List<AdminSettings.OidcRule> rules) {
    return rules.stream()
        .filter(rule -> new ClaimRule(rule.issuer(), rule.claims()).fits(token))
        .findFirst()
        .flatMap(rule -> caller(token, rule));
  }

  private static Optional<Caller> caller(Claims token, AdminSettings.OidcRule rule) {
    Set<String> tenants = new HashSet<>(rule.tenants());
    if (!rule.tenantsClaim().isEmpty()) {
      token.values().getOrDefault(rule.tenantsClaim(), List.of()).stream()
          .filter(TenantParts::isName)
          .limit(MOST_TENANTS)
          .forEach(tenants::add);
    }
    boolean limited = !rule.tenants().isEmpty() || !rule.tenantsClaim().isEmpty();
    if (tenants.isEmpty() && (limited || rule.role() == Role.TENANT_ADMIN)) {
      return Optional.empty();
    }
    String subject =
        token.values().getOrDefault("sub", List.of("")).stream().findFirst().orElse("");
    return Optional.of(
        new Caller(token.issuer() + ":" + subject, rule.role(), Set.copyOf(tenants)));
  }
}
