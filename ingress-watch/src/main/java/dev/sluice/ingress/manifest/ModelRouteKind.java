package dev.sluice.ingress.manifest;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.DeclaredModelRoute;
import dev.sluice.ingress.ModelBalance;
import dev.sluice.ingress.ModelCache;
import dev.sluice.ingress.ModelCondition;
import dev.sluice.ingress.ModelFallback;
import dev.sluice.ingress.ObjectKey;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** ModelRoutes, {@code sluice.dev/v1alpha1}. Says the same as their schema in {@code deploy/crds}. */
final class ModelRouteKind {
  private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9*][A-Za-z0-9._:/@*-]{0,200}");
  private static final Pattern WHOLE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}");
  private static final Pattern TENANT = Pattern.compile("[a-z0-9*][a-z0-9./*-]{0,252}");
  private static final Pattern PATH = Pattern.compile("/[!-~]{0,255}");
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
  private static final Pattern DOLLARS = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,6})?");
  private static final int DECIMALS_OF_NANOS = 9;
  private static final int MOST_HOSTS = 1024;
  private static final int MOST_MODELS = 1024;
  private static final int MOST_TARGETS = 64;
  private static final int MOST_GROUPS = 16;
  private static final int MOST_CONDITIONS = 16;
  private static final int MOST_VALUE_CHARS = 256;
  private static final int MOST_WEIGHT = 1_000_000;
  private static final int MOST_ATTEMPTS = 16;
  private static final int MOST_TOKENS = 10_000_000;
  private static final Duration MOST_TIME = Duration.ofHours(1);
  private static final Duration LEAST_TTL = Duration.ofSeconds(1);
  private static final Duration MOST_TTL = Duration.ofDays(7);
  private static final int LEAST_CACHE_BYTES = 1024;
  private static final int MOST_CACHE_BYTES = 4 * 1024 * 1024;

  private ModelRouteKind() {}

  static Declaration read(ObjectKey key, DeclaredAt at, Value object) {
    Value spec = SluiceKinds.spec(object)
        .only(
            "hosts",
            "models",
            "when",
            "targets",
            "groups",
            "fallback",
            "maxOutputTokens",
            "contextTokens",
            "mostCost",
            "whenOutOfQuota",
            "unsayable",
            "cache",
            "passthrough");
    List<String> hosts = new ArrayList<>();
    for (Value host : spec.field("hosts").items(MOST_HOSTS)) {
      SluiceKinds.addOnce(hosts, host, host.requiredText(Names::isHost, Names.HOST_EXPECTED));
    }
    List<String> models = new ArrayList<>();
    for (Value model : spec.field("models").requiredItems(MOST_MODELS, "at least one model name")) {
      SluiceKinds.addOnce(
          models,
          model,
          model.requiredText(
              text -> MODEL.matcher(text).matches(),
              "a model name, in which a * stands for any characters"));
    }
    String unsayable = spec.field("unsayable")
        .textIfAny(text -> text.equals("refuse") || text.equals("drop"), "refuse or drop");
    return new DeclaredModelRoute(
        key,
        at,
        hosts,
        models,
        when(spec.field("when").only("headers", "tenants", "paths")),
        groups(spec),
        fallback(spec.field("fallback").only("attempts", "deadline", "firstToken")),
        limits(spec),
        unsayable.equals("drop"),
        cache(spec.field("cache")),
        Passthroughs.read(spec.field("passthrough")));
  }

  private static ModelCondition when(Value when) {
    Map<String, String> headers = new TreeMap<>();
    for (Value header : when.field("headers").items(MOST_CONDITIONS)) {
      header.only("name", "value");
      String name = header
          .field("name")
          .requiredText(
              text -> HEADER.matcher(text).matches(),
              "the name of a header, of letters, digits, '-' and '_'")
          .toLowerCase(Locale.ROOT);
      String value = header
          .field("value")
          .requiredText(
              text -> text.length() <= MOST_VALUE_CHARS,
              "a value of at most " + MOST_VALUE_CHARS
                  + " characters, in which a * stands for any");
      if (headers.put(name, value) != null) {
        header.field("name").refuse("a header that is not in the list already");
      }
    }
    return new ModelCondition(
        headers,
        texts(
            when.field("tenants"),
            TENANT,
            "the name of a tenant, in which a * stands for any characters"),
        texts(
            when.field("paths"),
            PATH,
            "a path such as /v1/messages, in which a * stands for any characters"));
  }

  private static List<String> texts(Value list, Pattern pattern, String expected) {
    List<String> texts = new ArrayList<>();
    if (list.exists()) {
      for (Value one : list.requiredItems(MOST_CONDITIONS, expected)) {
        SluiceKinds.addOnce(
            texts, one, one.requiredText(text -> pattern.matcher(text).matches(), expected));
      }
    }
    return texts;
  }

  /** Plain targets are groups of one: tried in their order. */
  private static List<DeclaredModelRoute.Group> groups(Value spec) {
    List<DeclaredModelRoute.Group> groups = new ArrayList<>();
    Value declared = spec.field("groups");
    Value targets = spec.field("targets");
    if (!declared.exists()) {
      for (Value target : targets.requiredItems(MOST_TARGETS, "at least one target")) {
        target.only("provider", "model", "maxOutputTokens", "contextTokens");
        groups.add(new DeclaredModelRoute.Group(ModelBalance.WEIGHTED, List.of(target(target))));
      }
      return groups;
    }
    if (targets.exists()) {
      declared.refuse("either targets or groups");
      return groups;
    }
    for (Value group : declared.requiredItems(MOST_GROUPS, "at least one group")) {
      group.only("balance", "targets");
      Value balance = group.field("balance");
      List<DeclaredModelRoute.Target> members = new ArrayList<>();
      for (Value target :
          group.field("targets").requiredItems(MOST_TARGETS, "at least one target")) {
        target.only("provider", "model", "weight", "maxOutputTokens", "contextTokens");
        members.add(target(target));
      }
      groups.add(new DeclaredModelRoute.Group(
          balance.exists()
              ? balance
                  .requiredChoice(ModelBalance.values(), SluiceKinds::word)
                  .orElse(ModelBalance.WEIGHTED)
              : ModelBalance.WEIGHTED,
          members));
    }
    return groups;
  }

  private static DeclaredModelRoute.Target target(Value target) {
    return new DeclaredModelRoute.Target(
        target.path(),
        target.field("provider").requiredText(Names::isSubdomain, "the name of a ModelProvider"),
        target.field("model").textIfAny(any -> true, "a model name"),
        (int) target.field("weight").number(0, MOST_WEIGHT, 1),
        (int) target.field("maxOutputTokens").number(1, MOST_TOKENS, 0),
        (int) target.field("contextTokens").number(1, MOST_TOKENS, 0));
  }

  private static ModelFallback fallback(Value fallback) {
    ModelFallback standard = ModelFallback.DEFAULT;
    return new ModelFallback(
        (int) fallback.field("attempts").number(1, MOST_ATTEMPTS, standard.attempts()),
        fallback.field("deadline").duration(Duration.ofMillis(100), MOST_TIME, standard.deadline()),
        fallback
            .field("firstToken")
            .duration(Duration.ofMillis(100), MOST_TIME, standard.firstToken()));
  }

  private static @Nullable ModelCache cache(Value cache) {
    if (!cache.exists()) {
      return null;
    }
    cache.only("ttl", "mostBytes");
    Value ttl = cache.field("ttl");
    if (!ttl.exists()) {
      ttl.refuse("how long an answer is kept, such as 10m");
    }
    return new ModelCache(ttl.duration(LEAST_TTL, MOST_TTL, LEAST_TTL), (int) cache
        .field("mostBytes")
        .number(LEAST_CACHE_BYTES, MOST_CACHE_BYTES, ModelCache.DEFAULT_MOST_BYTES));
  }

  private static DeclaredModelRoute.Limits limits(Value spec) {
    String dollars = spec.field("mostCost")
        .textIfAny(
            text -> DOLLARS.matcher(text).matches(),
            "dollars in quotes, such as '0.50', below 1000000");
    long nanos = DOLLARS.matcher(dollars).matches()
        ? new BigDecimal(dollars).movePointRight(DECIMALS_OF_NANOS).longValueExact()
        : 0;
    return new DeclaredModelRoute.Limits(
        (int) spec.field("maxOutputTokens")
            .number(1, MOST_TOKENS, DeclaredModelRoute.DEFAULT_MAX_OUTPUT_TOKENS),
        (int) spec.field("contextTokens").number(1, MOST_TOKENS, 0),
        nanos,
        spec.field("whenOutOfQuota")
            .textIfAny(text -> WHOLE.matcher(text).matches(), "the name of a model"));
  }
}
