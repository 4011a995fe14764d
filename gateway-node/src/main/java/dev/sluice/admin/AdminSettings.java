package dev.sluice.admin;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import dev.sluice.wire.Addresses;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * {@code sluice.admin} in reference.conf, where each key is explained.
 *
 * @param tokens callers by the SHA-256 of their token
 */
public record AdminSettings(
    String host,
    int port,
    Map<String, Caller> tokens,
    List<OidcRule> oidc,
    boolean anonymousReads,
    long bodyBytes,
    Duration bodyTimeout) {
  /**
   * Which JWTs stand for which role.
   *
   * @param issuer name of an issuer in our settings
   * @param claims that a token must have
   * @param tenants that it is limited to
   * @param tenantsClaim claim that names more of them; empty for none
   */
  public record OidcRule(
      String issuer,
      Map<String, String> claims,
      Role role,
      Set<String> tenants,
      String tenantsClaim) {}

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int MOST_TOKENS = 1_000;
  private static final int MOST_RULES = 100;

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static AdminSettings from(Config config) {
    Section admin = Section.of(config, "sluice.admin");
    Map<String, Caller> tokens = tokens(admin);
    List<OidcRule> oidc = oidc(admin);
    String host = admin.text("host");
    int port = admin.port("port");
    InetSocketAddress address = Addresses.of(host, port);
    boolean loopback = !address.isUnresolved() && address.getAddress().isLoopbackAddress();
    boolean closed = !tokens.isEmpty() || !oidc.isEmpty();
    if (!closed && !loopback) {
      throw new IllegalArgumentException(
          "sluice.admin.token: missing (expected: a token, because sluice.admin.host " + host
              + " is no loopback address)");
    }
    boolean anonymous = switch (admin.text("anonymous-reads")) {
      case "auto" -> loopback && !closed;
      case "on" -> true;
      case "off" -> false;
      default -> throw admin.refused("anonymous-reads", "auto, on or off");
    };
    if (anonymous && !loopback) {
      throw admin.refused(
          "anonymous-reads", "off, because sluice.admin.host is no loopback address");
    }
    return new AdminSettings(
        host,
        port,
        Map.copyOf(tokens),
        oidc,
        anonymous,
        admin.bytes("body-bytes", 1024, 1024 * 1024),
        admin.duration("body-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)));
  }

  private static Map<String, Caller> tokens(Section admin) {
    Map<String, Caller> tokens = new HashMap<>();
    if (!admin.text("token").isEmpty()) {
      tokens.put(
          Callers.sha256(admin.text("token")),
          new Caller("sluice.admin.token", Role.ADMIN, Set.of()));
    }
    for (Section one : admin.sections("tokens", MOST_TOKENS)) {
      one.only("name", "role", "tenants", "sha256");
      if (!SHA256.matcher(one.text("sha256")).matches()) {
        throw new IllegalArgumentException("sluice.admin.tokens: the sha256 of " + one.text("name")
            + " is none (expected: 64 lower-case hex digits)");
      }
      Role role = role(one);
      Set<String> tenants = Set.copyOf(one.texts("tenants"));
      if (role == Role.TENANT_ADMIN && tenants.isEmpty()) {
        throw one.refused("role", "admin or read-only, or tenants that it is the admin of");
      }
      if (role == Role.ADMIN && !tenants.isEmpty()) {
        throw adminOfSome(one, "tenants");
      }
      tokens.put(one.text("sha256"), new Caller(one.text("name"), role, tenants));
    }
    return tokens;
  }

  private static List<OidcRule> oidc(Section admin) {
    List<OidcRule> rules = new ArrayList<>();
    for (Section one : admin.sections("oidc", MOST_RULES)) {
      one.only("issuer", "role", "claims", "tenants", "tenants-claim");
      Map<String, String> claims = new TreeMap<>(one.textsByName("claims"));
      if (claims.isEmpty()) {
        throw new IllegalArgumentException(
            "sluice.admin.oidc: a rule of " + one.text("issuer")
                + " without claims (expected: at least one, or every token of it would have that role)");
      }
      Role role = role(one);
      Set<String> tenants = Set.copyOf(one.texts("tenants"));
      String claim = one.textOr("tenants-claim", "");
      if (role == Role.TENANT_ADMIN && tenants.isEmpty() && claim.isEmpty()) {
        throw one.refused("role", "admin or read-only, or tenants or a tenants-claim");
      }
      if (role == Role.ADMIN && !(tenants.isEmpty() && claim.isEmpty())) {
        throw adminOfSome(one, claim.isEmpty() ? "tenants" : "tenants-claim");
      }
      rules.add(new OidcRule(one.text("issuer"), claims, role, tenants, claim));
    }
    return List.copyOf(rules);
  }

  /** Whoever writes tenants beside the role admin means a limit, and would get none. */
  private static IllegalArgumentException adminOfSome(Section one, String key) {
    return one.refused(
        key, "none with the role admin, which is for all tenants; or the role tenant-admin");
  }

  private static Role role(Section section) {
    for (Role role : Role.values()) {
      if (role.word().equals(section.text("role"))) {
        return role;
      }
    }
    throw section.refused("role", "admin, tenant-admin or read-only");
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
