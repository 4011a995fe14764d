package dev.sluice.ingress;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads who may pass, and how often. What can't be read closes the paths. */
final class AccessOptions {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})([smhdwMy]?)");
  private static final Map<String, Integer> SECONDS = Map.of(
      "",
      1,
      "s",
      1,
      "m",
      60,
      "h",
      3600,
      "d",
      86_400,
      "w",
      604_800,
      "M",
      2_592_000,
      "y",
      31_536_000);
  /** Fields that nobody may set. */
  static final Set<String> KEPT_FIELDS = Set.of(
      "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer");

  private static final int UNAVAILABLE = 503;

  private final Annotations all;
  private final Declarations declared;

  AccessOptions(Annotations all, Declarations declared) {
    this.all = all;
    this.declared = declared;
  }

  /** Null if everybody may pass. */
  Filter.@Nullable Access access() {
    List<AddressRange> denied = ranges("denylist-source-range");
    all.has("whitelist-source-range");
    List<AddressRange> allowed = ranges(
        all.has("allowlist-source-range") ? "allowlist-source-range" : "whitelist-source-range");
    Filter.PasswordAuth password = password();
    Filter.ExternalAuth external = external();
    String satisfy = all.text("satisfy");
    boolean any = "any".equals(satisfy);
    if (satisfy != null && !any && !satisfy.equals("all")) {
      all.close("satisfy", '"' + satisfy + '"', "any or all");
    }
    return denied.isEmpty() && allowed.isEmpty() && password == null && external == null
        ? null
        : new Filter.Access(any, denied, allowed, external, password);
  }

  /** Null if nothing is limited. */
  Filter.@Nullable Limits limits() {
    int connections = limit("limit-connections");
    int perSecond = limit("limit-rps");
    int perMinute = limit("limit-rpm");
    int burst = all.number("limit-burst-multiplier", 1, 1_000_000, 5);
    all.has("limit-whitelist");
    List<AddressRange> exempt =
        ranges(all.has("limit-allowlist") ? "limit-allowlist" : "limit-whitelist");
    if (connections == 0 && perSecond == 0 && perMinute == 0) {
      return null;
    }
    return new Filter.Limits(
        all.ingress().key().namespace() + "/" + all.ingress().key().name(),
        connections,
        perSecond,
        perMinute,
        burst,
        statusOf("limit-req-status-code"),
        statusOf("limit-conn-status-code"),
        exempt);
  }

  private int statusOf(String key) {
    long status = all.config().number(key, UNAVAILABLE);
    return status >= 400 && status <= 599 ? (int) status : UNAVAILABLE;
  }

  private int limit(String key) {
    String value = all.text(key);
    if (value == null) {
      return 0;
    }
    try {
      int limit = Integer.parseInt(value);
      if (limit >= 0) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    all.close(key, '"' + value + '"', "a whole number");
    return 0;
  }

  private List<AddressRange> ranges(String key) {
    List<AddressRange> ranges = new ArrayList<>();
    List<String> given = all.list(key);
    for (String one : given) {
      Optional<AddressRange> range = AddressRange.parse(one);
      if (range.isEmpty()) {
        all.close(key, '"' + one + '"', "addresses such as 10.0.0.0/8 between commas");
      }
      range.ifPresent(ranges::add);
    }
    if (given.isEmpty() && all.has(key)) {
      all.close(key, "empty", "addresses such as 10.0.0.0/8 between commas");
    }
    return List.copyOf(ranges);
  }

  private Filter.@Nullable PasswordAuth password() {
    String type = all.text("auth-type");
    String realm = Optional.ofNullable(all.text("auth-realm")).orElse("");
    String kind = Optional.ofNullable(all.text("auth-secret-type")).orElse("auth-file");
    all.has("auth-secret");
    if (type == null) {
      return null;
    }
    boolean digest = type.equals("digest");
    if (!type.equals("basic") && !digest) {
      all.close("auth-type", '"' + type + '"', "basic or digest");
      return null;
    }
    if (!Annotations.isFieldValue(realm) || realm.contains("\"") || realm.contains("\\")) {
      all.close("auth-realm", '"' + realm + '"', "a text without quotes");
      return null;
    }
    ObjectKey name = all.reference("auth-secret", "Secret", false);
    Optional<DeclaredSecret> secret = name == null ? Optional.empty() : declared.secret(name);
    if (secret.isEmpty()) {
      all.closeUntil("auth-secret", "no such Secret", "the name of a Secret with users");
      return null;
    }
    List<String> lines = new ArrayList<>();
    switch (kind) {
      case "auth-map" ->
        secret.get().data().forEach((user, hash) -> lines.add(user + ":" + text(hash)));
      case "auth-file" -> {
        byte[] file = secret.get().value("auth");
        if (file == null) {
          all.close("auth-secret", "no key auth in it", "a Secret with the key auth");
          return null;
        }
        text(file).lines().forEach(lines::add);
      }
      default -> {
        all.close("auth-secret-type", '"' + kind + '"', "auth-file or auth-map");
        return null;
      }
    }
    Map<String, String> hashes = digest ? ofRealm(lines, realm) : hashes(lines);
    return new Filter.PasswordAuth(
        realm,
        new Filter.Passwords(Collections.unmodifiableMap(hashes)),
        digest ? new Filter.Digesting(Digest.of("nonces " + hashes)) : null);
  }

  private static Map<String, String> hashes(List<String> lines) {
    Map<String, String> hashes = new TreeMap<>();
    for (String line : lines) {
      String[] parts = line.strip().split(":", -1);
      if (parts.length >= 2 && !line.startsWith("#")) {
        hashes.putIfAbsent(parts[0], parts[1]);
      }
    }
    return hashes;
  }

  /** Of lines {@code user:realm:hash}, those of this realm. */
  private static Map<String, String> ofRealm(List<String> lines, String realm) {
    Map<String, String> hashes = new TreeMap<>();
    for (String line : lines) {
      String[] parts = line.strip().split(":", -1);
      if (parts.length >= 3 && parts[1].equals(realm) && !line.startsWith("#")) {
        hashes.putIfAbsent(parts[0], parts[2].toLowerCase(Locale.ROOT));
      }
    }
    return hashes;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }

  private Filter.@Nullable ExternalAuth external() {
    for (String key : List.of(
        "auth-keepalive",
        "auth-keepalive-requests",
        "auth-keepalive-timeout",
        "auth-keepalive-share-vars")) {
      all.has(key);
    }
    if (all.has("auth-url")) {
      all.flag("enable-global-auth", true);
      return external("auth-");
    }
    boolean global = all.flag("enable-global-auth", true);
    for (String key : List.of(
        "auth-method",
        "auth-signin",
        "auth-signin-redirect-param",
        "auth-response-headers",
        "auth-request-redirect",
        "auth-always-set-cookie",
        "auth-cache-key",
        "auth-cache-duration",
        "auth-proxy-set-headers",
        "auth-snippet")) {
      all.has(key);
    }
    return global && all.config().text("global-auth-url") != null ? external("global-auth-") : null;
  }

  /** @param prefix of the keys: of annotations, or of the controller's ConfigMap */
  private Filter.@Nullable ExternalAuth external(String prefix) {
    Template url = template(prefix, "url");
    String method = given(prefix, "method");
    if (url == null || !isAuthUrl(given(prefix, "url"))) {
      close(prefix, "url", "an absolute URL of HTTP, without variables in its host");
      return null;
    }
    if (!method.isEmpty() && !METHODS.contains(method)) {
      close(prefix, "method", "a method of HTTP");
    }
    List<String> copied = new ArrayList<>();
    for (String name : given(prefix, "response-headers").split(",", -1)) {
      if (!name.isBlank() && !Annotations.isToken(name.strip())) {
        close(prefix, "response-headers", "names of header fields between commas");
      } else if (!name.isBlank()) {
        copied.add(name.strip());
      }
    }
    if (all.has("auth-snippet")) {
      all.close("auth-snippet", "directives of nginx", "auth-proxy-set-headers");
    }
    String parameter = given(prefix, "signin-redirect-param");
    if (!parameter.isEmpty() && !parameter.matches("[A-Za-z0-9._~-]{1,100}")) {
      close(prefix, "signin-redirect-param", "the name of a parameter");
      parameter = "";
    }
    Template signIn = template(prefix, "signin");
    return new Filter.ExternalAuth(
        url,
        method,
        List.copyOf(copied),
        signIn,
        parameter.isEmpty() ? "rd" : parameter,
        template(prefix, "request-redirect"),
        requestHeaders(),
        prefix.startsWith("global")
            ? all.config().is("global-auth-always-set-cookie", false)
            : all.flag("auth-always-set-cookie", false),
        template(prefix, "cache-key"),
        cache(prefix));
  }

  private String given(String prefix, String key) {
    String value =
        prefix.startsWith("global") ? all.config().text(prefix + key) : all.text(prefix + key);
    return value == null ? "" : value.strip();
  }

  private @Nullable Template template(String prefix, String key) {
    String value = given(prefix, key);
    if (value.isEmpty()) {
      return null;
    }
    Optional<Template> template =
        Annotations.isFieldValue(value) ? Template.parse(value) : Optional.empty();
    if (template.isEmpty()) {
      close(prefix, key, "a text with no variables but those of the documentation");
    }
    return template.orElse(null);
  }

  private void close(String prefix, String key, String expected) {
    all.close(
        prefix.startsWith("global") ? "enable-global-auth" : prefix + key,
        '"' + given(prefix, key) + '"',
        expected);
  }

  private static boolean isAuthUrl(String url) {
    return url.matches("https?://[A-Za-z0-9._-]+(:\\d{1,5})?([/?][^\\s\"\\\\<>^`]*)?")
        && !url.contains("..")
        && !Annotations.isOfTheMachine(url);
  }

  private Map<String, String> requestHeaders() {
    String name = all.text("auth-proxy-set-headers");
    if (name == null) {
      return Map.of();
    }
    ObjectKey map = all.reference("auth-proxy-set-headers", "ConfigMap", true);
    Optional<DeclaredConfigMap> found = map == null ? Optional.empty() : declared.configMap(map);
    if (found.isEmpty()) {
      all.closeUntil(
          "auth-proxy-set-headers", "no such ConfigMap", "namespace/name of a ConfigMap");
      return Map.of();
    }
    Map<String, String> fields = new TreeMap<>();
    found.get().data().forEach((field, value) -> {
      if (!Annotations.isToken(field)
          || !Annotations.isFieldValue(value)
          || KEPT_FIELDS.contains(field.toLowerCase(java.util.Locale.ROOT))) {
        all.close("auth-proxy-set-headers", '"' + field + '"', "header fields that may be set");
      } else {
        fields.put(field, value);
      }
    });
    return Collections.unmodifiableMap(fields);
  }

  /** Seconds by status; 0 for every status. */
  private Map<Integer, Integer> cache(String prefix) {
    Map<Integer, Integer> seconds = new TreeMap<>();
    String given = given(prefix, "cache-duration");
    for (String entry : (given.isEmpty() ? "200 202 401 5m" : given).split(",", -1)) {
      String[] words = entry.strip().split(" +", -1);
      Matcher duration = DURATION.matcher(words[words.length - 1]);
      if (!duration.matches()) {
        close(prefix, "cache-duration", "statuses and a time, such as 200 202 5m");
        return Map.of();
      }
      long most = Long.parseLong(duration.group(1)) * SECONDS.getOrDefault(duration.group(2), 1);
      int value = (int) Math.min(most, Integer.MAX_VALUE);
      for (int i = 0; i < words.length - 1; i++) {
        if (!words[i].matches("[1-5]\\d\\d")) {
          close(prefix, "cache-duration", "statuses and a time, such as 200 202 5m");
          return Map.of();
        }
        seconds.put(Integer.valueOf(words[i]), value);
      }
      if (words.length == 1) {
        seconds.put(0, value);
      }
    }
    return Collections.unmodifiableMap(seconds);
  }
}
