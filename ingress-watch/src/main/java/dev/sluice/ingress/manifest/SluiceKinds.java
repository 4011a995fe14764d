package dev.sluice.ingress.manifest;

import dev.sluice.ingress.ClaimRule;
import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.DeclaredModelProvider;
import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.DeclaredTenant.Unit;
import dev.sluice.ingress.DeclaredTenant.Window;
import dev.sluice.ingress.ModelPrice;
import dev.sluice.ingress.ModelProbe;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.SecretRef;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Our own kinds, {@code sluice.dev/v1alpha1}. A field that they don't have is a problem: a slip must not open a limit.
 * Says the same as the schemas in {@code deploy/crds}.
 */
final class SluiceKinds {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern MODEL =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}\\*?|\\*");
  private static final Pattern ZONE =
      Pattern.compile("UTC|[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z][A-Za-z0-9_+-]*){1,2}");
  private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
  private static final int DECIMALS_OF_PRICE = 6;
  private static final Pattern PRICE = Pattern.compile("[0-9]{1,4}(\\.[0-9]{1,6})?");
  private static final int MOST_PRICES = 256;
  private static final int MOST_CREDENTIALS = 64;
  private static final int MOST_KEYS = TenantParts.MOST_KEYS;
  private static final int MOST_LIMITS = TenantParts.MOST_LIMITS;
  private static final int MOST_LIMITS_BELOW = TenantParts.MOST_LIMITS_BELOW;
  private static final int MOST_TEAMS = TenantParts.MOST_TEAMS;
  private static final int MOST_KEYS_OF_TEAM = TenantParts.MOST_KEYS_OF_TEAM;
  private static final int MOST_CLAIMS = 8;
  private static final int MOST_CLAIM_CHARS = 512;
  private static final int MOST_MODELS_OF_LIMIT = 16;
  private static final String NAME_EXPECTED = "a name of lower-case letters, digits and '-'";
  private static final long MOST_AMOUNT = 1L << 50;
  private static final Pattern PROBE_PATH =
      Pattern.compile("/([A-Za-z0-9._~-][A-Za-z0-9._~/-]{0,254})?");
  private static final Duration MOST_PROBE_TIME = Duration.ofHours(1);
  private static final Duration LEAST_TIME = Duration.ofSeconds(1);
  private static final Duration MOST_TIME = Duration.ofHours(24);

  private SluiceKinds() {}

  static Declaration provider(ObjectKey key, DeclaredAt at, Value object) {
    Value spec = spec(object)
        .only(
            "kind",
            "preset",
            "baseUrl",
            "apiVersion",
            "region",
            "project",
            "location",
            "credential",
            "credentials",
            "outputCap",
            "timeouts",
            "probe",
            "prices",
            "limits");
    Optional<DeclaredModelProvider.Kind> kind = spec.field("kind")
        .requiredChoice(
            DeclaredModelProvider.Kind.values(),
            one -> one.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    ProviderPlaces.Found found =
        kind.map(one -> ProviderPlaces.read(one, spec)).orElse(ProviderPlaces.Found.NOTHING);
    String baseUrl = found.baseUrl();
    Value timeouts = spec.field("timeouts").only("silence", "total");
    DeclaredModelProvider.Timeouts standard = DeclaredModelProvider.Timeouts.DEFAULT;
    return new DeclaredModelProvider(
        key,
        at,
        kind.orElse(DeclaredModelProvider.Kind.ECHO),
        baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl,
        credentials(spec),
        capField(spec.field("outputCap"), found.capField()),
        found.place(),
        found.chat(),
        new DeclaredModelProvider.Timeouts(
            timeouts.field("silence").duration(LEAST_TIME, MOST_TIME, standard.silence()),
            timeouts.field("total").duration(LEAST_TIME, MOST_TIME, standard.total())),
        prices(spec.field("prices")),
        kind.isEmpty() ? null : probe(kind.get(), spec.field("probe")),
        ModelLimits.read(spec.field("limits")));
  }

  private static @Nullable ModelProbe probe(DeclaredModelProvider.Kind kind, Value probe) {
    if (!probe.exists()) {
      return null;
    }
    if (kind == DeclaredModelProvider.Kind.ECHO
        || kind == DeclaredModelProvider.Kind.BEDROCK
        || kind == DeclaredModelProvider.Kind.VERTEX) {
      probe.refuse("nothing: providers of the kind " + word(kind) + " can't be probed");
      return null;
    }
    probe.only("every", "path");
    Value every = probe.field("every");
    if (!every.exists()) {
      every.refuse("a time such as 30s, from 1s to 1h");
    }
    return new ModelProbe(
        every.duration(LEAST_TIME, MOST_PROBE_TIME, MOST_PROBE_TIME),
        probe
            .field("path")
            .textIfAny(text -> PROBE_PATH.matcher(text).matches(), "a path such as /health"));
  }

  /** One key, or several that are each as good as the others. */
  private static List<SecretRef> credentials(Value spec) {
    List<SecretRef> refs = new ArrayList<>();
    Value one = spec.field("credential").secret().only("secretRef");
    if (one.exists()) {
      addRef(refs, one.field("secretRef"));
    }
    Value several = spec.field("credentials");
    if (!several.exists()) {
      return refs;
    }
    if (one.exists()) {
      several.refuse("either credential or credentials");
      return refs;
    }
    for (Value each : several.secret().requiredItems(MOST_CREDENTIALS, "at least one credential")) {
      addRef(refs, each.only("secretRef").field("secretRef"));
    }
    return refs;
  }

  private static void addRef(List<SecretRef> refs, Value value) {
    SecretRef ref = requiredSecretRef(value);
    if (ref != null) {
      refs.add(ref);
    }
  }

  private static List<ModelPrice> prices(Value list) {
    List<ModelPrice> prices = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (Value one : list.items(MOST_PRICES)) {
      one.only("models", "from", "input", "cachedInput", "cacheWrite", "output");
      LocalDate from = day(one.field("from"));
      List<String> models = new ArrayList<>();
      for (Value model :
          one.field("models").requiredItems(MOST_MODELS_OF_LIMIT, "at least one model name")) {
        String name = modelPattern(model);
        if (!known.add(from + " " + name)) {
          model.refuse("a model that has no other price from that day");
        }
        models.add(name);
      }
      long input = dollars(one.field("input"));
      Value cached = one.field("cachedInput");
      Value written = one.field("cacheWrite");
      prices.add(new ModelPrice(
          models,
          from,
          input,
          cached.exists() ? dollars(cached) : input,
          written.exists() ? dollars(written) : input,
          dollars(one.field("output"))));
    }
    return prices;
  }

  private static LocalDate day(Value value) {
    String text = value.textIfAny(
        any -> DAY.matcher(any).matches() && isDay(any), "a day such as 2026-01-31");
    return isDay(text) ? LocalDate.parse(text) : LocalDate.EPOCH;
  }

  private static boolean isDay(String text) {
    try {
      return !LocalDate.parse(text).isBefore(LocalDate.EPOCH);
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  /** Dollars per million tokens, as millionths of a dollar. */
  private static long dollars(Value value) {
    String text = value.requiredText(
        any -> PRICE.matcher(any).matches(),
        "dollars per million tokens in quotes, such as '2.50', below 10000");
    return PRICE.matcher(text).matches()
        ? new BigDecimal(text).movePointRight(DECIMALS_OF_PRICE).longValueExact()
        : 0;
  }

  private static String capField(Value value, String standard) {
    String field = value.textIfAny(
        text -> text.equals("max_tokens") || text.equals("max_completion_tokens"),
        "max_tokens or max_completion_tokens");
    return field.isEmpty() ? standard : field;
  }

  static Declaration tenant(ObjectKey key, DeclaredAt at, Value object) {
    Value spec = spec(object).only("keys", "limits", "teams");
    List<DeclaredTenant.Team> teams = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Value team : spec.field("teams").items(MOST_TEAMS)) {
      team.only("name", "keys", "limits");
      String name = team.field("name").requiredText(Names::isSubdomain, NAME_EXPECTED);
      if (!names.add(name)) {
        team.field("name").refuse("a name that no other team of this tenant has");
      }
      teams.add(new DeclaredTenant.Team(
          name,
          keys(team.field("keys"), MOST_KEYS_OF_TEAM),
          limits(team.field("limits"), MOST_LIMITS_BELOW)));
    }
    return new DeclaredTenant(
        key,
        at,
        keys(spec.field("keys"), MOST_KEYS),
        limits(spec.field("limits"), MOST_LIMITS),
        teams);
  }

  private static List<DeclaredTenant.Key> keys(Value list, int most) {
    List<DeclaredTenant.Key> keys = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Value one : list.secret().items(most)) {
      one.only("name", "secretRef", "sha256", "jwt", "serviceAccount", "limits");
      String name = one.field("name").requiredText(Names::isSubdomain, NAME_EXPECTED);
      if (!names.add(name)) {
        one.field("name").refuse("a name that no other key beside it has");
      }
      Value hash = one.field("sha256");
      long known = Stream.of("secretRef", "sha256", "jwt", "serviceAccount")
          .filter(field -> one.field(field).exists())
          .count();
      if (known != 1) {
        one.refuse("one of secretRef, sha256, jwt and serviceAccount");
      }
      String sha256 = hash.textIfAny(
          text -> SHA256.matcher(text).matches(),
          "the SHA-256 of the key in 64 lower-case hex digits");
      keys.add(new DeclaredTenant.Key(
          one.path(),
          name,
          secretRef(one.field("secretRef")),
          sha256,
          rule(one),
          limits(one.field("limits"), MOST_LIMITS_BELOW)));
    }
    return keys;
  }

  /** Which tokens stand for a key; null if none do. */
  static @Nullable ClaimRule rule(Value key) {
    Value jwt = key.field("jwt");
    Value account = key.field("serviceAccount");
    if (account.exists()) {
      account.only("namespace", "name");
      return ClaimRule.ofServiceAccount(
          account.field("namespace").requiredText(Names::isLabel, "the name of a namespace"),
          account.field("name").requiredText(Names::isSubdomain, "the name of a ServiceAccount"));
    }
    if (!jwt.exists()) {
      return null;
    }
    jwt.only("issuer", "claims");
    String issuer = jwt.field("issuer")
        .requiredText(Names::isSubdomain, "the name of an issuer in sluice.identity.issuers");
    Value claims = jwt.field("claims");
    if (!claims.exists() || claims.node().isEmpty()) {
      claims.refuse("at least one claim and its value");
    }
    Map<String, String> all = new TreeMap<>();
    for (Value claim : claims.entries(MOST_CLAIMS)) {
      all.put(
          claim.name(),
          claim.requiredText(
              text -> text.length() <= MOST_CLAIM_CHARS,
              "a text of at most " + MOST_CLAIM_CHARS + " characters"));
    }
    return all.isEmpty() ? null : new ClaimRule(issuer, all);
  }

  static List<DeclaredTenant.Limit> limits(Value list, int most) {
    List<DeclaredTenant.Limit> limits = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Value one : list.items(most)) {
      limit(one).ifPresent(limit -> {
        if (!names.add(limit.name())) {
          one.refuse(
              "a name of its own: another limit beside it is called " + limit.name() + " too");
        }
        limits.add(limit);
      });
    }
    return limits;
  }

  /** Empty if its unit or window is refused: name and time zone can't be judged without. */
  private static Optional<DeclaredTenant.Limit> limit(Value limit) {
    limit.only("name", "unit", "amount", "window", "timeZone", "models", "mode");
    Optional<Unit> unit = limit.field("unit").requiredChoice(Unit.values(), SluiceKinds::word);
    Optional<Window> window =
        limit.field("window").requiredChoice(Window.values(), SluiceKinds::word);
    long amount = limit.field("amount").requiredNumber(0, MOST_AMOUNT);
    String name = limit.field("name").textIfAny(Names::isSubdomain, NAME_EXPECTED);
    List<String> models = models(limit.field("models"), MOST_MODELS_OF_LIMIT);
    String mode = limit
        .field("mode")
        .textIfAny(text -> text.equals("enforce") || text.equals("observe"), "enforce or observe");
    if (unit.isEmpty() || window.isEmpty()) {
      return Optional.empty();
    }
    if (unit.get() == Unit.IN_FLIGHT_REQUESTS && window.get() != Window.NONE) {
      limit.refuse("the window none: requests in flight are those of this moment");
      return Optional.empty();
    }
    ZoneId zone = zone(limit.field("timeZone"), window.get());
    return Optional.of(new DeclaredTenant.Limit(
        limit.path(),
        name.isEmpty() ? limitName(unit.get(), window.get()) : name,
        unit.get(),
        amount,
        window.get(),
        zone,
        models,
        mode.equals("observe")));
  }

  static List<String> models(Value list, int most) {
    List<String> models = new ArrayList<>();
    if (!list.exists()) {
      return models;
    }
    for (Value model : list.requiredItems(most, "at least one model name")) {
      addOnce(models, model, modelPattern(model));
    }
    return models;
  }

  private static String modelPattern(Value model) {
    return model.requiredText(
        text -> MODEL.matcher(text).matches(),
        "a model name, or the beginning of one with a * at its end");
  }

  private static String limitName(Unit unit, Window window) {
    return word(unit) + (window == Window.NONE ? "-balance" : "-per-" + word(window));
  }

  private static ZoneId zone(Value zone, Window window) {
    if (zone.exists() && window != Window.DAY && window != Window.MONTH) {
      zone.refuse("nothing: only days and months depend on a time zone");
      return ZoneOffset.UTC;
    }
    String name = zone.textIfAny(
        text -> ZONE.matcher(text).matches() && ZoneId.getAvailableZoneIds().contains(text),
        "a time zone such as Europe/Berlin");
    return ZoneId.getAvailableZoneIds().contains(name) ? ZoneId.of(name) : ZoneOffset.UTC;
  }

  static void addOnce(List<String> all, Value value, String text) {
    if (all.contains(text)) {
      value.refuse("a text that is not in the list already");
    }
    all.add(text);
  }

  static Value spec(Value object) {
    object.only("apiVersion", "kind", "metadata", "spec", "status");
    Value spec = object.field("spec");
    if (!spec.exists()) {
      spec.refuse("a mapping");
      return spec.told();
    }
    return spec;
  }

  private static @Nullable SecretRef requiredSecretRef(Value ref) {
    if (!ref.exists()) {
      ref.refuse("the name of a Secret and a key in it");
    }
    return secretRef(ref);
  }

  private static @Nullable SecretRef secretRef(Value ref) {
    if (!ref.exists()) {
      return null;
    }
    ref.only("name", "key");
    return new SecretRef(
        ref.path(),
        ref.field("name").requiredText(Names::isSubdomain, "the name of a Secret"),
        ref.field("key").requiredText(any -> true, "a key of that Secret"));
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
