package dev.sluice.identity;

import dev.sluice.state.Section;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whose tokens are taken.
 *
 * @param name in our settings
 * @param issuer that its tokens name
 * @param audiences of which a token must name one
 * @param jwksUrl of its keys; empty: found through {@code /.well-known/openid-configuration}
 * @param algorithms that its signatures may have
 * @param caFile certificates that its server is known by, in PEM; empty for those of the JDK
 * @param tokenFile bearer token to fetch its keys with; empty for none
 */
public record Issuer(
    String name,
    String issuer,
    Set<String> audiences,
    String jwksUrl,
    Set<String> algorithms,
    String caFile,
    String tokenFile) {
  /** None that works with a shared secret, and not {@code none}. */
  private static final List<String> KNOWN =
      List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  static Issuer from(Section section) {
    section.only("name", "issuer", "audiences", "jwks-url", "algorithms", "ca-file", "token-file");
    if (section.texts("audiences").isEmpty()) {
      throw new IllegalArgumentException("sluice.identity.issuers: " + section.text("name")
          + " has no audiences (expected: at least one, or tokens made for others would be taken)");
    }
    List<String> algorithms = section.texts("algorithms");
    for (String one : algorithms) {
      if (!KNOWN.contains(one)) {
        throw section.refused("algorithms", "some of " + String.join(", ", KNOWN));
      }
    }
    String issuer = section.text("issuer");
    String jwks = section.textOr("jwks-url", "");
    if (jwks.isEmpty() && !isUrl(issuer)) {
      throw section.refused("issuer", "an http or https URL, or a jwks-url beside it");
    }
    if (!jwks.isEmpty() && !isUrl(jwks)) {
      throw section.refused("jwks-url", "an http or https URL");
    }
    return new Issuer(
        section.text("name"),
        issuer,
        Set.copyOf(section.texts("audiences")),
        jwks,
        algorithms.isEmpty() ? Set.of("RS256", "ES256") : new LinkedHashSet<>(algorithms),
        section.textOr("ca-file", ""),
        section.textOr("token-file", ""));
  }

  private static boolean isUrl(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
