package dev.sluice.node;

import dev.sluice.admin.AdminView;
import dev.sluice.ingress.ModelExplanation;
import dev.sluice.ingress.TenantTable;
import dev.sluice.model.ModelNode;
import dev.sluice.proxy.Asking;
import dev.sluice.proxy.Differences;
import dev.sluice.quota.NodeLeases;
import dev.sluice.quota.Quota;
import dev.sluice.quota.Window;
import dev.sluice.state.ClusterWorld;
import dev.sluice.tenancy.Tenancy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What this node shows of itself. */
final class NodeView implements AdminView {
  private record Status(
      String node,
      String mode,
      boolean writesStatuses,
      String version,
      String started,
      boolean clusterUp,
      String routeTable,
      long tables,
      Map<String, String> seen,
      int routes,
      int tenants,
      int problems) {}

  private record Shadowed(
      String against, Map<String, Long> requests, List<Difference> differences, long notListed) {}

  private record Difference(
      String host,
      String object,
      String what,
      long count,
      String firstSeen,
      String lastSeen,
      String method,
      String path,
      String ours,
      String theirs) {}

  record Shown(
      String place, String object, String field, String problem, String expected, String effect) {}

  private record Balance(
      String name,
      String unit,
      String window,
      long limit,
      long settled,
      long held,
      long leased,
      long unaccounted,
      long free,
      @Nullable Long resetsInMillis,
      @Nullable String resetsAt,
      String mode,
      @Nullable Long wouldRefuse) {}

  private final NodeSettings settings;
  private final Instant started;
  private final DeclaredState declared;
  private final Tenancy tenancy;
  private final ClusterWorld cluster;
  private final NodeLeases leases;
  private final LongSupplier lostLeases;
  private final Supplier<@Nullable Quota> quota;
  private final Differences differences;
  private final ModelNode models;

  NodeView(
      NodeSettings settings,
      Instant started,
      DeclaredState declared,
      Tenancy tenancy,
      ClusterWorld cluster,
      NodeLeases leases,
      LongSupplier lostLeases,
      Supplier<@Nullable Quota> quota,
      Differences differences,
      ModelNode models) {
    this.settings = settings;
    this.started = started;
    this.declared = declared;
    this.tenancy = tenancy;
    this.cluster = cluster;
    this.leases = leases;
    this.lostLeases = lostLeases;
    this.quota = quota;
    this.differences = differences;
    this.models = models;
  }

  @Override
  public Object status() {
    return new Status(
        settings.name(),
        settings.mode().word(),
        settings.declarations() == NodeSettings.Declarations.KUBERNETES
            && settings.writesStatuses(),
        Version.text(),
        started.toString(),
        cluster.isUp(),
        declared.routes().version(),
        declared.changes(),
        declared.seen(),
        declared.routes().routeCount(),
        tenancy.count(),
        declared.problems().size());
  }

  @Override
  public Object problems() {
    List<Shown> all = new ArrayList<>();
    declared
        .problems()
        .forEach(one -> all.add(new Shown(
            one.place(), one.object(), one.field(), one.what(), one.expected(), one.effect())));
    tenancy
        .problems()
        .forEach((tenant, why) -> all.add(new Shown(
            "", "tenant " + tenant + " of the database", "", why, "", "its keys can't be used")));
    all.addAll(ofDatabase(tenancy.stepBack(), lostLeases.getAsLong()));
    return all;
  }

  /**
   * What the database has lost, as far as this node can know.
   *
   * @param forgotten as {@link Tenancy#stepBack} has it
   * @param lostLeases that nodes held and the journal of quotas did not know
   */
  static List<Shown> ofDatabase(@Nullable String forgotten, long lostLeases) {
    List<Shown> all = new ArrayList<>();
    if (forgotten != null) {
      all.add(
          lost(
              forgotten,
              "keys, limits and top-ups of later changes are gone, and what was spent since is free again"));
    }
    if (lostLeases > 0) {
      all.add(lost(
          "the journal of quotas did not know " + lostLeases
              + " leases that nodes hold by its word: an older backup was restored, or a standby promoted that was"
              + " behind (the log names some of the tenants)",
          "these leases are charged, and what else was spent since is free again"));
    }
    return all;
  }

  private static Shown lost(String what, String effect) {
    return new Shown(
        "", "the database", "", what, "a database that keeps what it has acknowledged", effect);
  }

  @Override
  public Object shadow() {
    return new Shadowed(
        settings.proxy().shadow().against(),
        differences.results(),
        differences.all().stream()
            .map(one -> new Difference(
                one.host(),
                one.object(),
                one.what(),
                one.count(),
                one.firstSeen().toString(),
                one.lastSeen().toString(),
                one.method(),
                one.path(),
                one.ours(),
                one.theirs()))
            .toList(),
        differences.notKept());
  }

  @Override
  public Object explain(String method, String url, List<String> headers) {
    return Asking.explain(declared.current(), declared.problems(), method, url, headers);
  }

  @Override
  public CompletionStage<Object> explainModel(AskedModel asked) {
    TenantTable.Spender caller = Asking.caller(tenancy.table(), asked.tenant(), asked.key());
    Asking.OfModel call =
        new Asking.OfModel(asked.model(), asked.host(), asked.path(), asked.headers());
    ModelExplanation declaredOnly = explain(call, caller, List.of());
    Quota running = quota.get();
    if (caller == null || running == null || declaredOnly.buckets().isEmpty()) {
      return CompletableFuture.completedFuture(declaredOnly);
    }
    return running
        .balances(caller.tenant())
        .handle((balances, failure) ->
            failure == null ? explain(call, caller, balances) : declaredOnly);
  }

  private ModelExplanation explain(
      Asking.OfModel call,
      TenantTable.@Nullable Spender caller,
      List<dev.sluice.quota.Balance> balances) {
    return Asking.explain(
        declared.current(),
        declared.problems(),
        new ModelsNow(models, balances, Instant.now()),
        call,
        caller);
  }

  private static String mode(boolean observed) {
    return observed ? "observe" : "enforce";
  }

  @Override
  public Optional<CompletionStage<List<?>>> balances(String tenant) {
    if (tenancy.tree(tenant) == null) {
      return Optional.empty();
    }
    Quota running = quota.get();
    return Optional.of(
        running == null
            ? CompletableFuture.failedFuture(new IllegalStateException("there is no cluster"))
            : running
                .balances(tenant)
                .thenApply(all -> all.stream()
                    .map(one -> balance(one, leases.wouldRefuse(tenant)))
                    .toList()));
  }

  @Override
  public CompletionStage<Integer> writeOff(String tenant) {
    Quota running = quota.get();
    return running == null
        ? CompletableFuture.failedFuture(new IllegalStateException("there is no cluster"))
        : running.writeOff(tenant);
  }

  /** @param wouldRefuse what this node counted since its start, by bucket */
  private static Balance balance(dev.sluice.quota.Balance balance, Map<String, Long> wouldRefuse) {
    return new Balance(
        balance.name(),
        word(balance.unit()),
        window(balance.window()),
        balance.limit(),
        balance.settled(),
        balance.held(),
        balance.leased(),
        balance.unaccounted(),
        balance.free(),
        balance.resetsInMillis() < 0 ? null : balance.resetsInMillis(),
        balance.resetsInMillis() < 0
            ? null
            : Instant.now().plusMillis(balance.resetsInMillis()).toString(),
        mode(balance.observed()),
        balance.observed() ? wouldRefuse.getOrDefault(balance.name(), 0L) : null);
  }

  private static String window(Window window) {
    return switch (window.kind()) {
      case DAY -> "day";
      case MONTH -> "month";
      case BALANCE -> "none";
      case SLIDING ->
        window.widthMillis() <= 1_000
            ? "second"
            : window.widthMillis() <= 60_000 ? "minute" : "hour";
    };
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
