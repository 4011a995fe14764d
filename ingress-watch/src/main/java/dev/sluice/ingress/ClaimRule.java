package dev.sluice.ingress;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which tokens stand for a key in the place of a secret.
 *
 * @param issuer name of the issuer in our settings
 * @param claims that a token must have, each with this value, or with a list that has it; at least one
 */
public record ClaimRule(String issuer, Map<String, String> claims) {
  /** The issuer of a cluster's ServiceAccount tokens. */
  public static final String KUBERNETES = "kubernetes";

  /** The claim by which a rule is found: one that any token which it fits must have. */
  public record Entrance(String issuer, String claim, String value) {}

  public static ClaimRule ofServiceAccount(String namespace, String name) {
    return new ClaimRule(
        KUBERNETES, Map.of("sub", "system:serviceaccount:" + namespace + ":" + name));
  }

  public boolean fits(Claims token) {
    return issuer.equals(token.issuer())
        && claims.entrySet().stream()
            .allMatch(one ->
                token.values().getOrDefault(one.getKey(), List.of()).contains(one.getValue()));
  }

  public Entrance entrance() {
    Map.Entry<String, String> first = new TreeMap<>(claims).firstEntry();
    return new Entrance(issuer, first.getKey(), first.getValue());
  }
}
