package dev.sluice.ingress.manifest;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.DeclaredModelProvider;
import dev.sluice.ingress.DeclaredModelRoute;
import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.DeclaredTenant.Unit;
import dev.sluice.ingress.DeclaredTenant.Window;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.SecretRef;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Our own kinds, {@code sluice.dev/v1alpha1}. A field that they don't have is a problem: a slip must not open a limit. */
final class SluiceKinds {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern MODEL =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}\\*?|\\*");
  private static final long MOST_TOKENS = 1L << 50;
  private static final int MOST_OUTPUT_TOKENS = 10_000_000;
  private static final Duration LEAST_TIME = Duration.ofSeconds(1);
  private static final Duration MOST_TIME = Duration.ofHours(24);

  private SluiceKinds() {}

  static Declaration provider(ObjectKey key, DeclaredAt at, Value object) {
    Value spec = spec(object).only("kind", "baseUrl", "credential", "outputCap", "timeouts");
    DeclaredModelProvider.Kind kind = spec.field("kind")
        .choice(
            DeclaredModelProvider.Kind.values(),
            one -> one.name().toLowerCase(Locale.ROOT).replace('_', '-'),
            DeclaredModelProvider.Kind.ECHO);
    if (!spec.field("kind").exists()) {
      spec.field("kind").refuse("echo or openai-compatible");
    }
    Value url = spec.field("baseUrl");
    String baseUrl = "";
    if (kind == DeclaredModelProvider.Kind.OPENAI_COMPATIBLE) {
      baseUrl = url.requiredText(
          SluiceKinds::isBaseUrl,
          "an http or https URL without query, such as https://api.example.com/v1");
    } else if (url.exists()) {
      url.refuse("nothing: a provider of kind echo answers by itself");
    }
    Value timeouts = spec.field("timeouts").only("silence", "total");
    DeclaredModelProvider.Timeouts standard = DeclaredModelProvider.Timeouts.DEFAULT;
    Value credential = spec.field("credential").only("secretRef");
    return new DeclaredModelProvider(
        key,
        at,
        kind,
        baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl,
        credential.exists() ? secretRef(credential.field("secretRef")) : null,
        capField(spec.field("outputCap")),
        new DeclaredModelProvider.Timeouts(
            timeouts.field("silence").duration(LEAST_TIME, MOST_TIME, standard.silence()),
            timeouts.field("total").duration(LEAST_TIME, MOST_TIME, standard.total())));
  }

  private static String capField(Value value) {
    String field = value.text(
        text -> text.equals("max_tokens") || text.equals("max_completion_tokens"),
        "max_tokens or max_completion_tokens");
    return field.isEmpty() ? DeclaredModelProvider.DEFAULT_CAP_FIELD : field;
  }

  static Declaration route(ObjectKey key, DeclaredAt at, Value object) {
    Value spec =
        spec(object).only("hosts", "models", "targets", "maxOutputTokens", "contextTokens");
    List<String> hosts = new ArrayList<>();
    for (Value host : spec.field("hosts").items()) {
      hosts.add(host.requiredText(Names::isHost, Names.HOST_EXPECTED));
    }
    List<String> models = new ArrayList<>();
    for (Value model : spec.field("models").items()) {
      models.add(model.requiredText(
          text -> MODEL.matcher(text).matches(),
          "a model name, or the beginning of one with a * at its end"));
    }
    if (models.isEmpty()) {
      spec.field("models").refuse("at least one model name");
    }
    List<DeclaredModelRoute.Target> targets = new ArrayList<>();
    for (Value target : spec.field("targets").items()) {
      target.only("provider", "model");
      String provider =
          target.field("provider").requiredText(Names::isSubdomain, "the name of a ModelProvider");
      targets.add(new DeclaredModelRoute.Target(
          target.path(), provider, target.field("model").text()));
    }
    if (targets.isEmpty()) {
      spec.field("targets").refuse("at least one target");
    }
    int cap = (int) spec.field("maxOutputTokens")
        .number(1, MOST_OUTPUT_TOKENS, DeclaredModelRoute.DEFAULT_MAX_OUTPUT_TOKENS);
    int context = (int) spec.field("contextTokens").number(1, MOST_OUTPUT_TOKENS, 0);
    return new DeclaredModelRoute(key, at, hosts, models, targets, cap, context);
  }

  static Declaration tenant(ObjectKey key, DeclaredAt at, Value object) {
    Value spec = spec(object).only("keys", "limits");
    List<DeclaredTenant.Key> keys = new ArrayList<>();
    Set<String> keyNames = new HashSet<>();
    for (Value one : spec.field("keys").items()) {
      one.only("name", "secretRef", "sha256");
      String name = one.field("name")
          .requiredText(Names::isSubdomain, "a name of lower-case letters, digits and '-'");
      if (!keyNames.add(name)) {
        one.field("name").refuse("a name that no other key of this tenant has");
      }
      Value hash = one.field("sha256");
      if (hash.exists() == one.field("secretRef").exists()) {
        one.refuse("either a secretRef or a sha256");
      }
      String sha256 = hash.exists() ? hash.secretText() : "";
      if (!sha256.isEmpty() && !SHA256.matcher(sha256).matches()) {
        hash.refuseHidden("not a hash", "the SHA-256 of the key in 64 lower-case hex digits");
      }
      keys.add(new DeclaredTenant.Key(
          one.path(), name, hash.exists() ? null : secretRef(one.field("secretRef")), sha256));
    }
    List<DeclaredTenant.Limit> limits = new ArrayList<>();
    Set<String> limitNames = new HashSet<>();
    for (Value one : spec.field("limits").items()) {
      DeclaredTenant.Limit limit = limit(one);
      if (!limitNames.add(limit.name())) {
        one.refuse(
            "a name of its own: another limit of this tenant is called " + limit.name() + " too");
      }
      limits.add(limit);
    }
    return new DeclaredTenant(key, at, keys, limits);
  }

  private static DeclaredTenant.Limit limit(Value limit) {
    limit.only("name", "unit", "amount", "window", "timeZone");
    Unit unit = limit.field("unit").choice(Unit.values(), SluiceKinds::word, Unit.TOKENS);
    if (!limit.field("unit").exists()) {
      limit.field("unit").refuse("tokens");
    }
    Window window = limit.field("window").choice(Window.values(), SluiceKinds::word, Window.NONE);
    if (!limit.field("window").exists()) {
      limit.field("window").refuse("second, minute, hour, day, month, or none for a balance");
    }
    Value zoneField = limit.field("timeZone");
    ZoneId zone = ZoneOffset.UTC;
    if (zoneField.exists()) {
      try {
        zone = ZoneId.of(zoneField.text());
      } catch (DateTimeException e) {
        zoneField.refuse("a time zone such as Europe/Berlin");
      }
      if (window != Window.DAY && window != Window.MONTH) {
        zoneField.refuse("nothing: only days and months depend on a time zone");
      }
    }
    String name = limit
        .field("name")
        .text(Names::isSubdomain, "a name of lower-case letters, digits and '-'");
    return new DeclaredTenant.Limit(
        limit.path(),
        name.isEmpty()
            ? word(unit) + (window == Window.NONE ? "-balance" : "-per-" + word(window))
            : name,
        unit,
        limit.field("amount").requiredNumber(0, MOST_TOKENS),
        window,
        zone);
  }

  private static Value spec(Value object) {
    object.only("apiVersion", "kind", "metadata", "spec", "status");
    Value spec = object.field("spec");
    if (!spec.exists()) {
      spec.refuse("a mapping");
    }
    return spec;
  }

  private static @Nullable SecretRef secretRef(Value ref) {
    if (!ref.exists()) {
      return null;
    }
    ref.only("name", "key");
    return new SecretRef(
        ref.path(),
        ref.field("name").requiredText(Names::isSubdomain, "the name of a Secret"),
        ref.field("key").requiredText());
  }

  private static boolean isBaseUrl(String text) {
    try {
      URI uri = new URI(text);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && uri.getRawUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
