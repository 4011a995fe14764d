package dev.sluice.ingress;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads in which form requests reach upstreams, and how often that is tried. */
final class RelayOptions {
  private static final int MOST_TRIES = 1000;
  private static final int MOST_SECONDS = 1_000_000_000;

  private final Annotations all;
  private final Declarations declared;

  RelayOptions(Annotations all, Declarations declared) {
    this.all = all;
    this.declared = declared;
  }

  /** All but what depends on the path and on other Ingresses. */
  Relay relay(boolean hidesAuthorization, String forwardedPrefix) {
    return new Relay(
        protocol(),
        tls(),
        host(),
        forwardedPrefix,
        http10(),
        connection(),
        hidesAuthorization,
        Relay.Balance.IN_TURN,
        null,
        null,
        locations(),
        domain(),
        cookiePath(),
        fastCgi(),
        1024L * all.number("limit-rate", 0, MOST_TRIES * MOST_TRIES, 0),
        1024L * all.number("limit-rate-after", 0, MOST_TRIES * MOST_TRIES, 0));
  }

  Retries retries() {
    int tries = all.number("proxy-next-upstream-tries", 0, MOST_SECONDS, Retries.DEFAULT.tries());
    int within = all.number("proxy-next-upstream-timeout", 0, MOST_SECONDS, 0);
    int most = tries == 0 ? MOST_TRIES : Math.min(tries, MOST_TRIES);
    String conditions = all.text("proxy-next-upstream");
    boolean repeats = all.config().is("retry-non-idempotent", false);
    if (conditions == null || conditions.isEmpty()) {
      return new Retries(most, true, true, false, Set.of(), repeats, Duration.ofSeconds(within));
    }
    Set<String> words = new HashSet<>(List.of(conditions.split("[ ,]+", -1)));
    Set<Integer> statuses = new TreeSet<>();
    for (String word : words) {
      if (word.matches("http_(500|502|503|504|403|404|429)")) {
        statuses.add(Integer.valueOf(word.substring(5)));
      } else if (!Set.of("error", "timeout", "invalid_header", "non_idempotent", "off")
          .contains(word)) {
        all.invalid(
            "proxy-next-upstream",
            "some of error timeout invalid_header http_500 … http_429 non_idempotent off",
            "error timeout");
        return new Retries(most, true, true, false, Set.of(), repeats, Duration.ofSeconds(within));
      }
    }
    return new Retries(
        words.contains("off") ? 1 : most,
        words.contains("error"),
        words.contains("timeout"),
        words.contains("invalid_header"),
        Collections.unmodifiableSet(statuses),
        repeats || words.contains("non_idempotent"),
        Duration.ofSeconds(within));
  }

  private Relay.Protocol protocol() {
    String value = all.text("backend-protocol");
    switch (value == null ? "HTTP" : value.toUpperCase(Locale.ROOT)) {
      case "HTTP" -> {
        return Relay.Protocol.HTTP;
      }
      case "HTTPS" -> {
        return Relay.Protocol.HTTPS;
      }
      case "AUTO_HTTP" -> {
        return Relay.Protocol.AUTO;
      }
      case "GRPC" -> {
        return Relay.Protocol.GRPC;
      }
      case "GRPCS" -> {
        return Relay.Protocol.GRPCS;
      }
      case "FCGI" -> {
        return Relay.Protocol.FCGI;
      }
      default ->
        all.invalid("backend-protocol", "HTTP, HTTPS, AUTO_HTTP, GRPC, GRPCS or FCGI", "HTTP");
    }
    return Relay.Protocol.HTTP;
  }

  private Relay.@Nullable FastCgi fastCgi() {
    String index = Optional.ofNullable(all.text("fastcgi-index")).orElse("");
    all.has("fastcgi-params-configmap");
    if (protocol() != Relay.Protocol.FCGI) {
      return null;
    }
    if (!index.matches("[A-Za-z0-9._/-]*")) {
      all.invalid("fastcgi-index", "the name of a file", "none");
      index = "";
    }
    return new Relay.FastCgi(index, fastCgiParams());
  }

  private Map<String, Template> fastCgiParams() {
    if (!all.has("fastcgi-params-configmap")) {
      return Map.of();
    }
    ObjectKey name = all.reference("fastcgi-params-configmap", "ConfigMap", false);
    Optional<DeclaredConfigMap> map = name == null ? Optional.empty() : declared.configMap(name);
    if (map.isEmpty()) {
      all.closeUntil("fastcgi-params-configmap", "no such ConfigMap", "the name of a ConfigMap");
      return Map.of();
    }
    Map<String, Template> params = new TreeMap<>();
    map.get().data().forEach((param, value) -> {
      Optional<Template> template =
          Annotations.isFieldValue(value) ? Template.parse(value) : Optional.empty();
      if (!param.matches("[A-Za-z0-9_]{1,128}") || template.isEmpty()) {
        all.close(
            "fastcgi-params-configmap",
            '"' + param + '"',
            "parameters with no variables but those of the documentation");
      } else {
        params.put(param, template.get());
      }
    });
    return Collections.unmodifiableMap(params);
  }

  private Relay.@Nullable Tls tls() {
    boolean verify = all.onOff("proxy-ssl-verify", false);
    boolean sendsName = all.onOff("proxy-ssl-server-name", false);
    String name = Optional.ofNullable(all.text("proxy-ssl-name")).orElse("");
    if (!name.isEmpty() && !name.matches("[A-Za-z0-9._-]{1,253}")) {
      all.close("proxy-ssl-name", '"' + name + '"', "the name of a host");
      name = "";
    }
    String protocols = Optional.ofNullable(all.text("proxy-ssl-protocols")).orElse("TLSv1.2");
    all.number("proxy-ssl-verify-depth", 1, 100, 1);
    if (all.has("proxy-ssl-ciphers")) {
      all.note("proxy-ssl-ciphers", "OpenSSL's names", "", "the ciphers of the JDK are offered");
    }
    if (!all.has("proxy-ssl-secret")) {
      if (verify) {
        all.close(
            "proxy-ssl-verify",
            "on without proxy-ssl-secret, where ingress-nginx verifies nothing",
            "proxy-ssl-secret with the authority to verify by");
      }
      return null;
    }
    ObjectKey secretName = all.reference("proxy-ssl-secret", "Secret", true);
    Optional<DeclaredSecret> secret =
        secretName == null ? Optional.empty() : declared.secret(secretName);
    if (secret.isEmpty()) {
      all.closeUntil("proxy-ssl-secret", "no such Secret", "a Secret with ca.crt or tls.crt");
      return null;
    }
    try {
      byte[] authority = secret.get().value("ca.crt");
      List<X509Certificate> authorities =
          authority == null ? List.of() : Pem.certificates(authority);
      byte[] chain = secret.get().value("tls.crt");
      byte[] key = secret.get().value("tls.key");
      Certificate client = null;
      if (chain != null && key != null) {
        List<X509Certificate> certificates = Pem.certificates(chain);
        client = new Certificate(
            secret.get().key(),
            certificates,
            Pem.privateKey(key, certificates.get(0).getPublicKey()));
      }
      List<String> versions = new ArrayList<>();
      for (String version : protocols.split("[ ,]+", -1)) {
        if (version.equals("TLSv1.2") || version.equals("TLSv1.3")) {
          versions.add(version);
        }
      }
      return new Relay.Tls(
          verify,
          sendsName,
          name,
          authorities,
          client,
          versions.isEmpty() ? List.of("TLSv1.2") : List.copyOf(versions));
    } catch (GeneralSecurityException e) {
      all.close(
          "proxy-ssl-secret", String.valueOf(e.getMessage()), "PEM in ca.crt, tls.crt, tls.key");
      return null;
    }
  }

  private String host() {
    String value = all.text("upstream-vhost");
    if (value == null || value.isEmpty()) {
      return "";
    }
    if (!value.matches("[A-Za-z0-9._-]+(:\\d{1,5})?")) {
      all.close("upstream-vhost", '"' + value + '"', "the name of a host");
      return "";
    }
    return value;
  }

  private boolean http10() {
    String version = all.text("proxy-http-version");
    if (version == null || version.equals("1.1")) {
      return false;
    }
    if (!version.equals("1.0")) {
      all.invalid("proxy-http-version", "1.0 or 1.1", "1.1");
    }
    return version.equals("1.0");
  }

  private String connection() {
    String value = Optional.ofNullable(all.text("connection-proxy-header")).orElse("");
    if (!Set.of("", "close", "keep-alive").contains(value)) {
      all.invalid("connection-proxy-header", "close or keep-alive", "none");
      return "";
    }
    return value;
  }

  private List<Relay.Replacement> locations() {
    String from = all.text("proxy-redirect-from");
    String to = all.text("proxy-redirect-to");
    if (from == null || from.equals("off") || from.isEmpty()) {
      return List.of();
    }
    if (from.equals("default") || to == null || to.isEmpty() || to.equals("off")) {
      return List.of();
    }
    if (!Annotations.isFieldValue(from + to) || (from + to).contains("$")) {
      all.note(
          "proxy-redirect-from", "variables or control characters", "literals", "it has no effect");
      return List.of();
    }
    return from.startsWith("~")
        ? pattern("proxy-redirect-from", from.substring(1), to).map(List::of).orElse(List.of())
        : List.of(new Relay.Replacement(from, null, to));
  }

  private Relay.@Nullable Replacement domain() {
    return pair("proxy-cookie-domain");
  }

  private Relay.@Nullable Replacement cookiePath() {
    return pair("proxy-cookie-path");
  }

  private Relay.@Nullable Replacement pair(String key) {
    String value = all.text(key);
    if (value == null || value.isEmpty() || value.equals("off")) {
      return null;
    }
    String[] two = value.split(" +", -1);
    if (two.length != 2 || !Annotations.isFieldValue(value) || value.contains(";")) {
      all.note(key, '"' + value + '"', "off, or what is replaced and by what", "it has no effect");
      return null;
    }
    return two[0].startsWith("~")
        ? pattern(key, two[0].substring(1), two[1]).orElse(null)
        : new Relay.Replacement(two[0], null, two[1]);
  }

  private Optional<Relay.Replacement> pattern(String key, String text, String to) {
    boolean anyCase = text.startsWith("*");
    try {
      Pattern pattern = LinearPattern.compile(
          anyCase ? text.substring(1) : text, anyCase ? Pattern.CASE_INSENSITIVE : 0);
      return Optional.of(new Relay.Replacement(null, pattern, to));
    } catch (PatternSyntaxException e) {
      all.note(
          key,
          String.valueOf(e.getMessage()),
          "a regular expression in RE2's syntax",
          "it has no effect");
      return Optional.empty();
    }
  }
}
