package dev.sluice.ingress;

import dev.sluice.ingress.ModelExplanation.Bucket;
import dev.sluice.ingress.ModelExplanation.Other;
import dev.sluice.ingress.ModelExplanation.Taken;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes a {@link ModelExplanation}: finds the route by {@link ModelTable#find}, as calls do, and says of others why not. */
final class ModelExplaining {
  private static final int MOST_OTHERS = 50;
  private static final int MOST_NEAREST = 5;

  private final Reconciled made;
  private final List<Problem> problems;
  private final ModelExplanation.Live live;
  private final ModelExplanation.Question asked;
  private final ModelAsk ask;
  private final String host;
  private final @Nullable String name;

  ModelExplaining(
      Reconciled made,
      List<Problem> problems,
      ModelExplanation.Live live,
      ModelExplanation.Question asked) {
    this.made = made;
    this.problems = problems;
    this.live = live;
    this.asked = asked;
    this.ask = new ModelAsk(
        asked.model(),
        asked.caller() == null ? "" : asked.caller().tenant(),
        asked.path(),
        asked.head());
    this.host = asked.host() == null ? hostWithModels() : asked.host();
    this.name = made.routes().declaredHost(host);
  }

  /** The host of the call where none is named: every host, if it has models, or the only one that has. */
  private String hostWithModels() {
    TreeSet<String> hosts = new TreeSet<>();
    made.routes().hosts().forEach((one, routes) -> {
      if (models(routes) != null) {
        hosts.add(one);
      }
    });
    if (hosts.isEmpty() || hosts.contains("")) {
      return "";
    }
    if (hosts.size() > 1) {
      throw new IllegalArgumentException("models are served on " + String.join(", ", hosts)
          + ": no host is named (expected: one of them, by --host)");
    }
    return hosts.first();
  }

  private @Nullable ModelTable models(@Nullable HostRoutes routes) {
    Route route = routes == null ? null : routes.match(asked.path(), asked.head());
    return route != null && route.action() instanceof Action.Models found ? found.models() : null;
  }

  ModelExplanation explanation() {
    HostRoutes routes = made.routes().host(host);
    Route route = routes == null ? null : routes.match(asked.path(), asked.head());
    ModelTable table = models(routes);
    if (table == null) {
      return new ModelExplanation(
          request(),
          hostWords(),
          pathWords(route),
          null,
          List.of(),
          0,
          List.of(),
          List.of(),
          List.of());
    }
    ModelTable.Entry taken = table.find(ask).orElse(null);
    List<Other> others = others(table, taken);
    int shown = Math.min(MOST_OTHERS, others.size());
    return new ModelExplanation(
        request(),
        hostWords(),
        pathWords(route),
        taken == null ? null : taken(taken, table, Objects.requireNonNull(route)),
        List.copyOf(others.subList(0, shown)),
        others.size() - shown,
        taken == null ? nearest(table) : List.of(),
        taken == null ? List.of() : buckets(),
        taken == null ? List.of() : touching(taken));
  }

  private String request() {
    TenantTable.Spender caller = asked.caller();
    String who = caller == null
        ? "nobody who is named"
        : "the tenant " + caller.tenant() + (caller.key().isEmpty() ? "" : ", key " + caller.key());
    return asked.head().method() + " " + asked.path() + " for the model " + asked.model() + ", by "
        + who;
  }

  private String hostWords() {
    if (name == null) {
      return host.isEmpty()
          ? "no ModelRoute is declared for any host"
          : "no routes for " + host + ", and none for every host";
    }
    String words = name.isEmpty() ? "every host that has no routes of its own" : name;
    if (asked.host() == null) {
      return name.isEmpty() ? words : words + ", the only one with models";
    }
    return name.equals(host) ? words : words + ", because " + host + " has none";
  }

  private static String pathWords(@Nullable Route route) {
    if (route == null) {
      return "no route takes it: 404";
    }
    String words =
        RouteWords.rule(route) + ": " + RouteWords.leadsTo(route.action()).get(0);
    return route.action() instanceof Action.Models models && models.call().unserved()
        ? words + ", which is not served: 501"
        : words;
  }

  private Taken taken(ModelTable.Entry taken, ModelTable table, Route route) {
    return new Taken(
        taken.name().text(),
        ModelWords.why(taken),
        declaredBy(taken),
        RouteWords.filters(route, false),
        taken.groups().stream().map(group -> group(taken, group)).toList(),
        ModelWords.fallback(taken),
        outOfQuota(taken, table),
        ModelWords.cache(taken),
        ModelWords.bounds(taken));
  }

  private ModelExplanation.Group group(ModelTable.Entry taken, ModelTable.Group group) {
    return new ModelExplanation.Group(
        group.targets().size() == 1 ? "" : ModelWords.balance(group.balance()),
        group.targets().stream().map(target -> target(taken, target)).toList());
  }

  private ModelExplanation.Target target(ModelTable.Entry taken, ModelTable.Target target) {
    String model = target.modelFor(taken, asked.model());
    ModelPrice price = ModelPrice.of(
            target.provider().prices(), model, LocalDate.now(ZoneOffset.UTC))
        .orElse(null);
    SpendingTree.Path path = path();
    boolean left = price == null && taken.needsPrice(path);
    return new ModelExplanation.Target(
        target.provider().name(),
        ModelWords.word(target.provider().kind()),
        model,
        target.weight(),
        taken.capOf(target),
        target.contextTokens(),
        target.provider().keys().stream().map(ModelWords::key).toList(),
        ModelWords.price(price),
        ModelWords.limit(target.provider().limitOf(model)),
        left ? "a limit counts cost, and what it costs is not known" : "",
        live.state(target, model));
  }

  private String outOfQuota(ModelTable.Entry taken, ModelTable table) {
    String other = taken.limits().whenOutOfQuota();
    if (other.isEmpty()) {
      return "429";
    }
    return table
        .find(new ModelAsk(other, ask.tenant(), ask.path(), ask.head()))
        .map(found -> other + " is asked for instead, by " + found.declaredBy())
        .orElse("429: no ModelRoute takes " + other + ", which is named for that");
  }

  /** Those whose name fits; and where none takes it, nobody is before or behind. */
  private List<Other> others(ModelTable table, ModelTable.@Nullable Entry taken) {
    List<Other> others = new ArrayList<>();
    boolean passed = taken == null;
    for (ModelTable.Entry entry : table.entries()) {
      if (!passed && entry.equals(taken)) {
        passed = true;
      } else if (entry.name().matches(asked.model())) {
        String unmet = entry.when().unmet(ask);
        String why = unmet != null
            ? unmet + " does not hold"
            : "it would take it, and another one comes first";
        others.add(new Other(entry.name().text(), declaredBy(entry), why));
      }
    }
    return others;
  }

  private List<String> nearest(ModelTable table) {
    Set<String> names = new TreeSet<>();
    table.entries().forEach(entry -> names.add(entry.name().text()));
    return NearestNames.of(asked.model(), names, MOST_NEAREST);
  }

  private SpendingTree.Path path() {
    TenantTable.Spender caller = asked.caller();
    return caller == null
        ? new SpendingTree.Path("", List.of())
        : caller.place().pathOf(asked.model());
  }

  private List<Bucket> buckets() {
    return path().limits().stream()
        .map(limit -> new Bucket(
            limit.name(),
            ModelWords.word(limit.unit()),
            limit.amount(),
            ModelWords.window(limit),
            limit.models(),
            limit.observed() ? "observe" : "enforce",
            live.left(limit.name())))
        .toList();
  }

  private String declaredBy(ModelTable.Entry entry) {
    for (Declaration one : inputs()) {
      if (one.key().equals(entry.declaredBy()) && one instanceof DeclaredModelRoute route) {
        String field = "spec.models[" + route.models().indexOf(entry.name().text()) + "]";
        String at = one.at().place(field);
        return entry.declaredBy() + (at.isEmpty() ? "" : " [" + at + "]") + " " + field;
      }
    }
    return entry.declaredBy().toString();
  }

  private List<Declaration> inputs() {
    Reconciled.Part part = name == null ? null : made.parts().get(name);
    return part == null ? List.of() : part.inputs();
  }

  /** Problems of the route's object and of the providers that it names. */
  private List<String> touching(ModelTable.Entry taken) {
    Set<String> objects = new TreeSet<>();
    objects.add(taken.declaredBy().toString());
    for (Declaration one : inputs()) {
      if (one.key().equals(taken.declaredBy()) && one instanceof DeclaredModelRoute route) {
        route
            .targets()
            .forEach(target -> objects.add(
                taken.declaredBy().sibling("ModelProvider", target.provider()).toString()));
      }
    }
    return problems.stream()
        .filter(problem -> objects.contains(problem.object()))
        .map(Problem::toString)
        .toList();
  }
}
