package dev.sluice.ingress;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Tenants make: who may spend how much, and by which keys they are known. */
final class Tenants {
  private final Declarations declared;
  private final Collection<Problem> problems;
  private final Map<String, TenantTable.Tenant> tenants = new HashMap<>();
  private final Map<String, TenantTable.Spender> keys = new HashMap<>();
  private final List<TenantTable.Identity> identities = new ArrayList<>();
  private final Map<String, ObjectKey> holders = new HashMap<>();

  /** What one tenant is known by. */
  private record Own(
      Map<String, TenantTable.Spender> keys, List<TenantTable.Identity> identities) {}

  private Tenants(Declarations declared, Collection<Problem> problems) {
    this.declared = declared;
    this.problems = problems;
  }

  static TenantTable of(Declarations declared, Collection<Problem> problems) {
    Tenants all = new Tenants(declared, problems);
    declared.tenants().forEach(all::add);
    return new TenantTable(all.tenants, all.keys, all.identities);
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
    if (id.length() > TenantTable.MOST_NAME_CHARS) {
      problems.add(tenant.problem(
          "metadata.name",
          "a name of " + id.length() + " characters",
          "at most " + TenantTable.MOST_NAME_CHARS,
          "this Tenant is left out"));
      return;
    }
    SpendingTree tree = new SpendingTree(tenant.limits());
    Own own = new Own(new LinkedHashMap<>(), new ArrayList<>());
    addKeys(tenant, "", tenant.keys(), tree, tree.tenant(), own);
    for (DeclaredTenant.Team team : tenant.teams()) {
      SpendingTree.Place place = tree.add(tree.tenant(), "teams/" + team.name(), team.limits());
      addKeys(tenant, team.name() + "/", team.keys(), tree, place, own);
    }
    tenants.put(id, new TenantTable.Tenant(id, tenant, tree));
    if (tree.pathCount() <= SpendingTree.MOST_PATHS) {
      keys.putAll(own.keys());
      identities.addAll(own.identities());
      return;
    }
    problems.add(tenant.problem(
        "spec",
        tree.pathCount() + " sets of limits, by key and model",
        "at most " + SpendingTree.MOST_PATHS
            + ": fewer keys with limits of their own, or fewer models in limits",
        "its keys can't be used"));
  }

  private void addKeys(
      DeclaredTenant tenant,
      String team,
      List<DeclaredTenant.Key> all,
      SpendingTree tree,
      SpendingTree.Place above,
      Own own) {
    String under = team.isEmpty() ? "keys/" : "teams/" + team + "keys/";
    String id = tenant.key().name();
    for (DeclaredTenant.Key key : all) {
      SpendingTree.Place place = tree.add(above, under + key.name(), key.limits());
      TenantTable.Spender spender = new TenantTable.Spender(id, team + key.name(), place);
      if (key.rule() != null) {
        own.identities().add(new TenantTable.Identity(key.rule(), spender));
        continue;
      }
      hash(tenant, key).ifPresent(sha256 -> {
        TenantTable.Spender other = keys.get(sha256);
        other = other != null ? other : own.keys().putIfAbsent(sha256, spender);
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
