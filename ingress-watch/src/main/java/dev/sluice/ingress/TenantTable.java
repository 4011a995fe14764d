package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Who may spend: tenants by name, and their keys by hash or by what a token says. An immutable value, replaced whole. */
public final class TenantTable {
  /** Longest name of a tenant: the journal takes no more. */
  public static final int MOST_NAME_CHARS = 200;

  public static final TenantTable EMPTY = new TenantTable(Map.of(), Map.of(), List.of());

  /**
   * One tenant.
   *
   * @param declared what it was made of
   * @param tree its limits; all of a path apply at once
   */
  public record Tenant(String name, DeclaredTenant declared, SpendingTree tree) {}

  /**
   * The leaf that an API key stands for.
   *
   * @param key its name, with its team's name before it: {@code k} or {@code t/k}
   * @param place where it spends
   */
  public record Spender(String tenant, String key, SpendingTree.Place place) {}

  /** A key that is known by tokens. */
  public record Identity(ClaimRule rule, Spender spender) {}

  /** Tenants that are kept elsewhere than in manifests. Safe for use by many threads. */
  public interface Kept {
    /** Nobody. */
    Kept NONE = new Kept() {
      @Override
      public Optional<Spender> spender(String sha256) {
        return Optional.empty();
      }

      @Override
      public Optional<Spender> spender(Claims token) {
        return Optional.empty();
      }

      @Override
      public boolean isKnown() {
        return true;
      }

      @Override
      public List<Spender> spenders(String tenant) {
        return List.of();
      }
    };

    Optional<Spender> spender(String sha256);

    Optional<Spender> spender(Claims token);

    /** Whether they have been read at all since this node has started. */
    boolean isKnown();

    /** The tenant itself, as one whose key is empty, and its keys, sorted by name; empty if it is not here. Looks at all there are. */
    List<Spender> spenders(String tenant);
  }

  /** By the tenant's name and the key's. */
  public static final Comparator<Spender> BY_NAME =
      Comparator.comparing(Spender::tenant).thenComparing(Spender::key);

  private final Map<String, Tenant> tenants;
  private final Map<String, Spender> keys;
  private final Map<ClaimRule.Entrance, List<Identity>> identities = new HashMap<>();
  private final Kept kept;

  /** @param keys by SHA-256 in lower-case hex */
  TenantTable(Map<String, Tenant> tenants, Map<String, Spender> keys, List<Identity> identities) {
    this.tenants = Map.copyOf(tenants);
    this.keys = Map.copyOf(keys);
    this.kept = Kept.NONE;
    for (Identity one : identities) {
      this.identities
          .computeIfAbsent(one.rule().entrance(), none -> new ArrayList<>())
          .add(one);
    }
  }

  private TenantTable(TenantTable declared, Kept kept) {
    this.tenants = declared.tenants;
    this.keys = declared.keys;
    this.identities.putAll(declared.identities);
    this.kept = kept;
  }

  /** The same, and those who are kept elsewhere. What is declared goes first. */
  public TenantTable with(Kept kept) {
    return new TenantTable(this, kept);
  }

  /** Those that are declared. */
  public Map<String, Tenant> tenants() {
    return tenants;
  }

  /** Whose key has this hash. */
  public Optional<Spender> spender(String sha256) {
    Spender declared = keys.get(sha256);
    return declared != null ? Optional.of(declared) : kept.spender(sha256);
  }

  /** Whose key this token stands for; of several that fit, the first by the tenant's name and the key's. */
  public Optional<Spender> spender(Claims token) {
    Optional<Spender> declared = token.values().entrySet().stream()
        .flatMap(claim -> claim.getValue().stream()
            .map(value -> new ClaimRule.Entrance(token.issuer(), claim.getKey(), value)))
        .flatMap(entrance -> identities.getOrDefault(entrance, List.of()).stream())
        .filter(one -> one.rule().fits(token))
        .map(Identity::spender)
        .min(BY_NAME);
    return declared.isPresent() ? declared : kept.spender(token);
  }

  /** A tenant itself, as one whose key is empty, and its keys, sorted by name; empty if there is no such tenant. Looks at all there are. */
  public List<Spender> spenders(String tenant) {
    Tenant own = tenants.get(tenant);
    if (own == null) {
      return kept.spenders(tenant);
    }
    TreeSet<Spender> all = new TreeSet<>(BY_NAME);
    all.add(new Spender(tenant, "", own.tree().tenant()));
    keys.values().stream().filter(one -> one.tenant().equals(tenant)).forEach(all::add);
    identities.values().stream()
        .flatMap(List::stream)
        .map(Identity::spender)
        .filter(one -> one.tenant().equals(tenant))
        .forEach(all::add);
    return List.copyOf(all);
  }

  /** Whether everybody is known who is kept somewhere: else a key that is not known may be somebody's. */
  public boolean isWhole() {
    return kept.isKnown();
  }

  /** How many keys are declared. */
  public int keyCount() {
    return keys.size();
  }
}
