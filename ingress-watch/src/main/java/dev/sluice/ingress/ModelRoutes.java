package dev.sluice.ingress;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What ModelRoutes make of one host. */
final class ModelRoutes {
  private static final String CATCH_ALL = "";
  private static final long MOST_BODY_BYTES = 32 * 1024 * 1024;
  private static final Comparator<ModelTable.Entry> MOST_EXACT_FIRST =
      Comparator.<ModelTable.Entry>comparingInt(entry -> entry.exact() ? 0 : 1)
          .thenComparingInt(entry -> -entry.name().literals())
          .thenComparingInt(entry -> -entry.when().size());

  private final Declarations declared;
  private final List<Problem> problems;
  private final Map<Claim, DeclaredModelRoute> holders = new HashMap<>();
  private final List<ModelTable.Entry> entries = new ArrayList<>();

  /** What only one ModelRoute of a host can have. */
  private record Claim(String model, ModelCondition when) {}

  private ModelRoutes(Declarations declared, List<Problem> problems) {
    this.declared = declared;
    this.problems = problems;
  }

  /** Adds to each host what its models are made of: ModelRoutes, and the providers and Secrets they name. */
  static void collectInputs(Declarations all, Map<String, List<Declaration>> inputs) {
    for (DeclaredModelRoute route : all.modelRoutes()) {
      List<Declaration> used = new ArrayList<>();
      used.add(route);
      for (String name : providers(route)) {
        all.provider(route.key(), name).ifPresent(provider -> {
          used.add(provider);
          for (SecretRef ref : provider.credentials()) {
            all.secret(provider.key(), ref.name()).ifPresent(used::add);
          }
        });
      }
      for (String host : hostsOf(route)) {
        inputs.computeIfAbsent(host, none -> new ArrayList<>()).addAll(used);
      }
    }
  }

  private static Set<String> providers(DeclaredModelRoute route) {
    Set<String> names = new TreeSet<>();
    route.targets().forEach(target -> names.add(target.provider()));
    if (route.passthrough() != null) {
      names.add(route.passthrough().provider());
    }
    return names;
  }

  /** @param taken routes of the host that go before these */
  static List<Route> routes(Declarations declared, List<Route> taken, List<Problem> problems) {
    ModelRoutes made = new ModelRoutes(declared, problems);
    for (DeclaredModelRoute route : declared.modelRoutes()) {
      made.add(route);
    }
    if (made.entries.isEmpty()) {
      return List.of();
    }
    made.entries.sort(MOST_EXACT_FIRST);
    ModelTable models = new ModelTable(made.entries);
    PassedPaths passed = made.passedPaths();
    List<Route> routes = new ArrayList<>(passed.routes());
    for (Action.Call call : Action.Call.values()) {
      if (passed.holds(call.path())) {
        continue;
      }
      made.tellIfTaken(call, taken);
      routes.add(new Route(
          declared.modelRoutes().get(0).key(),
          call.rule(),
          null,
          List.of(),
          List.of(),
          new Action.Models(call, models),
          Timeouts.DEFAULT,
          Retries.DEFAULT,
          MOST_BODY_BYTES));
    }
    return routes;
  }

  private PassedPaths passedPaths() {
    PassedPaths passed = new PassedPaths(problems);
    for (DeclaredModelRoute route : declared.modelRoutes()) {
      ModelPassthrough through = route.passthrough();
      if (through != null) {
        String field = through.field() + ".provider";
        passed.add(route, through, provider(route, field, through.provider()));
      }
    }
    return passed;
  }

  private static List<String> hostsOf(DeclaredModelRoute route) {
    return route.hosts().isEmpty() ? List.of(CATCH_ALL) : route.hosts();
  }

  private void tellIfTaken(Action.Call call, List<Route> taken) {
    PathRule path = call.rule();
    for (Route route : taken) {
      if (route.path().equals(path)) {
        problems.add(declared
            .modelRoutes()
            .get(0)
            .problem(
                "spec.hosts",
                '"' + call.path() + "\" is held by " + route.declaredBy(),
                "hosts whose Ingresses leave this path",
                "its requests go there"));
      }
    }
  }

  private void add(DeclaredModelRoute route) {
    List<ModelTable.Group> groups = new ArrayList<>();
    for (DeclaredModelRoute.Group group : route.groups()) {
      List<ModelTable.Target> targets = new ArrayList<>();
      for (DeclaredModelRoute.Target target : group.targets()) {
        provider(route, target.field() + ".provider", target.provider())
            .ifPresent(provider -> targets.add(new ModelTable.Target(
                provider,
                target.model(),
                target.weight(),
                target.maxOutputTokens(),
                target.contextTokens())));
      }
      if (!targets.isEmpty()) {
        groups.add(new ModelTable.Group(group.balance(), List.copyOf(targets)));
      }
    }
    for (int i = 0; i < route.models().size(); i++) {
      String model = route.models().get(i);
      DeclaredModelRoute holder = holders.putIfAbsent(new Claim(model, route.when()), route);
      if (holder != null) {
        problems.add(route.problem(
            "spec.models[" + i + "]",
            '"' + model + "\" is held by " + holder.key(),
            "a model that no other ModelRoute of this host has, or another spec.when",
            "it is left out here"));
        continue;
      }
      entries.add(new ModelTable.Entry(
          route.key(),
          new ModelGlob(model),
          route.when(),
          List.copyOf(groups),
          route.fallback(),
          route.limits(),
          route.dropsUnsayable(),
          ModelTable.Caching.of(route, List.copyOf(groups))));
    }
  }

  private Optional<ModelProvider> provider(DeclaredModelRoute route, String field, String name) {
    Optional<DeclaredModelProvider> found = declared.provider(route.key(), name);
    if (found.isEmpty()) {
      problems.add(route.problem(
          field,
          route.key().sibling("ModelProvider", name) + " does not exist",
          "the name of a ModelProvider in this namespace",
          "what leads there is left out"));
      return Optional.empty();
    }
    DeclaredModelProvider provider = found.get();
    List<ModelProvider.Key> keys = keys(provider);
    if (keys.isEmpty() && !provider.credentials().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new ModelProvider(
        provider.key().namespace() + "/" + provider.key().name(),
        provider.kind(),
        provider.baseUrl(),
        keys.isEmpty() ? "" : keys.get(0).secret(),
        provider.capField(),
        provider.place(),
        provider.chat(),
        provider.timeouts(),
        provider.prices(),
        provider.probe(),
        provider.limits(),
        keys));
  }

  /** Those that are there and can be used; the others are told. */
  private List<ModelProvider.Key> keys(DeclaredModelProvider provider) {
    List<ModelProvider.Key> keys = new ArrayList<>();
    String left = provider.credentials().size() == 1
        ? "targets of this provider are left out"
        : "this key is left out";
    for (SecretRef ref : provider.credentials()) {
      Optional<String> value = declared
          .secret(provider.key(), ref.name())
          .map(secret -> secret.value(ref.entry()))
          .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
      String expected =
          value.map(text -> ProviderCredentials.expected(provider.kind(), text)).orElse("");
      ObjectKey secret = provider.key().sibling("Secret", ref.name());
      if (value.isEmpty()) {
        problems.add(provider.problem(
            ref.field(),
            "no " + secret + " with the key " + ref.entry(),
            "an existing Secret and key",
            left));
      } else if (!expected.isEmpty()) {
        problems.add(provider.problem(
            ref.field(),
            "what " + secret + " has under " + ref.entry()
                + " is no credential for this kind of provider",
            expected,
            left));
      } else {
        keys.add(ModelProvider.Key.of(ref.name() + "/" + ref.entry(), value.get()));
      }
    }
    return keys;
  }
}
