package dev.sluice.ingress;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Tenants make: who may spend how much, and by which keys they are known. */
final class Tenants {
  private final Declarations declared;
  private final Collection<Problem> problems;
  private final Map<String, TenantTable.Tenant> tenants = new HashMap<>();
  private final Map<String, TenantTable.Spender> keys = new HashMap<>();
  private final Map<String, ObjectKey> holders = new HashMap<>();

  private Tenants(Declarations declared, Collection<Problem> problems) {
    this.declared = declared;
    this.problems = problems;
  }

  static TenantTable of(Declarations declared, Collection<Problem> problems) {
    Tenants all = new Tenants(declared, problems);
    declared.tenants().forEach(all::add);
    return new TenantTable(all.tenants, all.keys);
  }

  private void add(DeclaredTenant tenant) {
    String id = tenant.key().name();
    ObjectKey holder = holders.putIfAbsent(id, tenant.key());
    if (holder != null) {
      problems.add(tenant.problem(
          "metadata.name",
          "the tenant " + id + " is held by " + holder,
          "a name that no Tenant of another namespace has",
          "this Tenant is left out"));
      return;
    }
    List<TenantTable.Limit> limits = tenant.limits().stream()
        .map(limit -> new TenantTable.Limit(
            limit.name(), limit.unit(), limit.amount(), limit.window(), limit.zone()))
        .toList();
    tenants.put(id, new TenantTable.Tenant(id, limits));
    for (DeclaredTenant.Key key : tenant.keys()) {
      hash(tenant, key).ifPresent(sha256 -> {
        TenantTable.Spender other =
            keys.putIfAbsent(sha256, new TenantTable.Spender(id, key.name()));
        if (other != null) {
          problems.add(tenant.problem(
              key.field(),
              "the same key as " + other.key() + " of tenant " + other.tenant(),
              "a key of its own",
              "it counts for that one only"));
        }
      });
    }
  }

  private Optional<String> hash(DeclaredTenant tenant, DeclaredTenant.Key key) {
    SecretRef ref = key.secret();
    if (ref == null) {
      return Optional.of(key.sha256());
    }
    Optional<byte[]> value =
        declared.secret(tenant.key(), ref.name()).map(secret -> secret.value(ref.entry()));
    if (value.isEmpty() || new String(value.get(), StandardCharsets.UTF_8).isBlank()) {
      problems.add(tenant.problem(
          ref.field(),
          "no " + tenant.key().sibling("Secret", ref.name()) + " with the key " + ref.entry(),
          "an existing Secret and key",
          "this key can't be used"));
      return Optional.empty();
    }
    return value.map(bytes -> Digest.of(new String(bytes, StandardCharsets.UTF_8).strip()));
  }
}
