package dev.sluice.tenancy;

import dev.sluice.ingress.ClaimRule;
import dev.sluice.ingress.Claims;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.TenantTable;
import dev.sluice.ingress.TenantTable.Spender;
import dev.sluice.ingress.manifest.TenantParts;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The picture that a node has of the tenants in the database. One thread puts rows in, in the order of their changes; any
 * number of threads ask. Knows no database and no clock.
 */
final class KeptTenants {
  /**
   * What a secret stands for.
   *
   * @param key with its team's name before it: {@code k} or {@code t/k}
   * @param expires milliseconds since 1970; 0 for never
   */
  private record Known(String tenant, String key, long expires) {
    String team() {
      int slash = key.indexOf('/');
      return slash < 0 ? "" : key.substring(0, slash);
    }
  }

  private record KnownByToken(ClaimRule rule, long created, Known known) {}

  private static final Comparator<KnownByToken> OLDEST_FIRST = Comparator.comparingLong(
          KnownByToken::created)
      .thenComparing(one -> one.known().tenant())
      .thenComparing(one -> one.known().key());

  private final Map<SecretHash, Known> secrets = new ConcurrentHashMap<>();
  private final Map<ClaimRule.Entrance, Map<String, KnownByToken>> byToken =
      new ConcurrentHashMap<>();
  private final Map<String, ClaimRule.Entrance> entrances = new HashMap<>();
  private final Map<String, KeptTenant> tenants = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Long>> topUps = new ConcurrentHashMap<>();
  private final Set<String> seenTopUps = new HashSet<>();
  private final Map<String, String> problems = new ConcurrentHashMap<>();
  private final Set<String> touched = new HashSet<>();

  /** Takes a row over. It counts for requests once {@link #settle} is called, but for secrets, which count at once. */
  void take(KeptRow row) {
    if (row instanceof KeptRow.OfTenant tenant) {
      touched(tenant.name()).limits(tenant.dropped() ? null : tenant.limits());
    } else if (row instanceof KeptRow.OfTeam team) {
      touched(team.tenant()).team(team.name(), team.limits(), team.dropped());
    } else if (row instanceof KeptRow.OfKey key) {
      touched(key.tenant()).key(key.team(), key.name(), key.limits(), key.dropped());
      identity(key);
    } else if (row instanceof KeptRow.OfSecret secret) {
      secret(secret);
    } else if (row instanceof KeptRow.OfTopUp topUp) {
      topUp(topUp);
    } else {
      settle();
    }
  }

  private KeptTenant touched(String tenant) {
    touched.add(tenant);
    return tenants.computeIfAbsent(tenant, KeptTenant::new);
  }

  /** The one instance of a tenant's name that all its keys share. */
  private String shared(String tenant) {
    KeptTenant known = tenants.get(tenant);
    return known == null ? tenant : known.name();
  }

  private static String keyName(String team, String name) {
    return team.isEmpty() ? name : team + "/" + name;
  }

  private void secret(KeptRow.OfSecret secret) {
    SecretHash hash = SecretHash.parse(secret.sha256());
    if (secret.dropped()) {
      secrets.remove(hash);
    } else {
      secrets.put(
          hash,
          new Known(
              shared(secret.tenant()), keyName(secret.team(), secret.name()), secret.expires()));
    }
  }

  private void identity(KeptRow.OfKey key) {
    String name = keyName(key.team(), key.name());
    String id = key.tenant() + " " + name;
    ClaimRule.Entrance before = entrances.remove(id);
    if (before != null) {
      byToken.computeIfPresent(before, (entrance, known) -> {
        known.remove(id);
        return known.isEmpty() ? null : known;
      });
    }
    ClaimRule rule = key.dropped() ? null : rule(key);
    if (rule != null) {
      entrances.put(id, rule.entrance());
      byToken
          .computeIfAbsent(rule.entrance(), none -> new ConcurrentHashMap<>())
          .put(
              id,
              new KnownByToken(
                  rule, key.created(), new Known(shared(key.tenant()), name, key.expires())));
    }
  }

  private @Nullable ClaimRule rule(KeptRow.OfKey key) {
    try {
      return TenantParts.ruleOf(key.jwt());
    } catch (IllegalArgumentException e) {
      problems.put(key.tenant(), "a key's rule can't be read by this build: " + e.getMessage());
      return null;
    }
  }

  private void topUp(KeptRow.OfTopUp topUp) {
    if (seenTopUps.add(topUp.tenant() + " " + topUp.idempotencyKey())) {
      topUps.compute(topUp.tenant(), (tenant, before) -> {
        Map<String, Long> after = before == null ? new TreeMap<>() : new TreeMap<>(before);
        after.merge(topUp.limit(), topUp.amount(), Math::addExact);
        return Map.copyOf(after);
      });
    }
  }

  /** All rows of a step have been taken: tenants whose limits have changed count by the new ones. */
  void settle() {
    for (String name : touched) {
      KeptTenant tenant = tenants.get(name);
      if (tenant == null) {
        continue;
      }
      String problem = tenant.rebuild();
      if (problem.isEmpty()) {
        problems.remove(name);
      } else {
        problems.put(name, problem);
      }
      if (tenant.isEmpty()) {
        tenants.remove(name);
      }
    }
    touched.clear();
  }

  /** Whose key has this hash. */
  Optional<Spender> spender(String sha256, LongSupplier nowMillis) {
    Known known = secrets.isEmpty() ? null : secrets.get(SecretHash.parse(sha256));
    return known == null ? Optional.empty() : spender(known, nowMillis);
  }

  /** Whose keys this token stands for. The oldest key goes first: a later one takes nobody's callers away. */
  Stream<Spender> spenders(Claims token, LongSupplier nowMillis) {
    if (byToken.isEmpty()) {
      return Stream.empty();
    }
    return token.values().entrySet().stream()
        .flatMap(claim -> claim.getValue().stream()
            .map(value -> new ClaimRule.Entrance(token.issuer(), claim.getKey(), value)))
        .flatMap(entrance -> byToken.getOrDefault(entrance, Map.of()).values().stream())
        .filter(one -> one.rule().fits(token))
        .sorted(OLDEST_FIRST)
        .flatMap(one -> spender(one.known(), nowMillis).stream());
  }

  /** A tenant itself, as one whose key is empty, and its keys that can be used, sorted by name; empty if there is no such tenant. */
  List<Spender> spenders(String tenant, LongSupplier nowMillis) {
    SpendingTree tree = tree(tenant);
    if (tree == null) {
      return List.of();
    }
    TreeSet<Spender> all = new TreeSet<>(TenantTable.BY_NAME);
    all.add(new Spender(tenant, "", tree.tenant()));
    Stream.concat(
            secrets.values().stream(),
            byToken.values().stream()
                .flatMap(tokens -> tokens.values().stream())
                .map(KnownByToken::known))
        .filter(known -> known.tenant().equals(tenant))
        .flatMap(known -> spender(known, nowMillis).stream())
        .forEach(all::add);
    return List.copyOf(all);
  }

  private Optional<Spender> spender(Known known, LongSupplier nowMillis) {
    KeptTenant tenant = tenants.get(known.tenant());
    if (tenant == null || known.expires() != 0 && known.expires() <= nowMillis.getAsLong()) {
      return Optional.empty();
    }
    KeptTenant.Tree tree = tenant.tree();
    return tree.usable()
        ? Optional.of(
            new Spender(known.tenant(), known.key(), tree.place(known.team(), known.key())))
        : Optional.empty();
  }

  /** The limits of a tenant; null if there is none of this name. */
  @Nullable
  SpendingTree tree(String tenant) {
    KeptTenant known = tenants.get(tenant);
    return known == null || !known.exists() ? null : known.tree().spending();
  }

  /** What was added to balances of a tenant, declared or kept, by the limit's name. */
  Map<String, Long> topUps(String tenant) {
    return topUps.getOrDefault(tenant, Map.of());
  }

  /** Why the keys of tenants can't be used, by the tenant. */
  Map<String, String> problems() {
    return Map.copyOf(problems);
  }

  Set<String> names() {
    return tenants.keySet();
  }

  int secretCount() {
    return secrets.size();
  }
}
