package dev.sluice.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.TenantTable;
import dev.sluice.ingress.manifest.TenantParts;
import dev.sluice.tenancy.KeptEntry;
import dev.sluice.tenancy.Tenancy;
import dev.sluice.tenancy.TenancyStore;
import dev.sluice.tenancy.TenantId;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tenants and teams, and their limits. */
final class TenantOperations {
  private static final String NAME = "[a-z0-9][-a-z0-9.]{0,252}";
  private static final String AFTER =
      "Name behind which to begin, as the Link field of the page before has it.";

  private final TenancyStore store;
  private final Tenancy tenancy;
  private final Declared declared;

  TenantOperations(TenancyStore store, Tenancy tenancy, Declared declared) {
    this.store = store;
    this.tenancy = tenancy;
    this.declared = declared;
  }

  List<Operation> all() {
    return List.of(
        Operation.get(
                "listTenants", "/tenants", Access.READ, "Tenants by name.", "Tenant[]", this::list)
            .paged(AFTER, NAME),
        Operation.post(
            "createTenant",
            "/tenants",
            Access.ADMIN,
            "Adds a tenant.",
            "NewTenant",
            201,
            "Tenant",
            this::create),
        Operation.get(
            "getTenant", "/tenants/{tenant}", Access.READ, "A tenant.", "Tenant", this::find),
        Operation.put(
            "changeTenant",
            "/tenants/{tenant}",
            Access.ADMIN,
            "Puts other limits in the place of those that the tenant has.",
            "Limits",
            "Tenant",
            this::change),
        Operation.delete(
            "deleteTenant",
            "/tenants/{tenant}",
            Access.ADMIN,
            "Deletes a tenant with its teams and keys, which stop working.",
            this::delete),
        Operation.get(
                "listLimits",
                "/tenants/{tenant}/limits",
                Access.READ,
                "All limits of a tenant at all of its places, as this node knows them.",
                "PlacedLimit[]",
                this::limits)
            .paged(AFTER, "[a-z0-9][-a-z0-9./]{0,1023}"),
        Operation.get(
                "listTeams",
                "/tenants/{tenant}/teams",
                Access.READ,
                "Teams by name.",
                "Team[]",
                this::teams)
            .paged(AFTER, NAME),
        Operation.post(
            "createTeam",
            "/tenants/{tenant}/teams",
            Access.MANAGE,
            "Adds a team.",
            "NewTeam",
            201,
            "Team",
            this::create),
        Operation.get(
            "getTeam",
            "/tenants/{tenant}/teams/{team}",
            Access.READ,
            "A team.",
            "Team",
            this::find),
        Operation.put(
            "changeTeam",
            "/tenants/{tenant}/teams/{team}",
            Access.MANAGE,
            "Puts other limits in the place of those that the team has.",
            "Limits",
            "Team",
            this::change),
        Operation.delete(
            "deleteTeam",
            "/tenants/{tenant}/teams/{team}",
            Access.MANAGE,
            "Deletes a team with its keys, which stop working.",
            this::delete));
  }

  private CompletionStage<Answer> list(Asked asked) {
    String after = asked.query("after");
    int most = asked.most();
    if (asked.caller().isLimited()) {
      return listOwn(asked, after, most);
    }
    return store.tenants(after, most + 1).thenApply(kept -> {
      TreeMap<String, ObjectNode> page = new TreeMap<>();
      kept.forEach(one -> page.put(one.id().tenant(), entry(one)));
      declared.all().tailMap(after, false).entrySet().stream()
          .limit(most + 1L)
          .forEach(one -> page.put(one.getKey(), declared.tenant(one.getValue())));
      return Pages.answer(asked, page);
    });
  }

  private CompletionStage<Answer> listOwn(Asked asked, String after, int most) {
    List<String> names = asked.caller().tenants().stream()
        .filter(name -> name.compareTo(after) > 0)
        .sorted()
        .limit(most + 1L)
        .toList();
    TreeMap<String, ObjectNode> page = new TreeMap<>();
    CompletionStage<Void> all = CompletableFuture.completedFuture(null);
    for (String name : names) {
      DeclaredTenant own = declared.all().get(name);
      if (own != null) {
        page.put(name, declared.tenant(own));
      } else {
        all = all.thenCompose(done -> store
            .find(TenantId.ofTenant(name))
            .thenAccept(found -> found.ifPresent(one -> page.put(name, entry(one)))));
      }
    }
    return all.thenApply(done -> Pages.answer(asked, page));
  }

  private CompletionStage<Answer> teams(Asked asked) {
    String tenant = asked.path("tenant");
    DeclaredTenant own = declared.all().get(tenant);
    String after = asked.query("after");
    if (own != null) {
      TreeMap<String, ObjectNode> page = new TreeMap<>();
      own.teams().stream()
          .filter(team -> team.name().compareTo(after) > 0)
          .forEach(team -> page.put(team.name(), declared.team(own, team)));
      return CompletableFuture.completedFuture(Pages.answer(asked, page));
    }
    return store
        .find(TenantId.ofTenant(tenant))
        .thenCompose(there -> there.isEmpty()
            ? CompletableFuture.completedFuture(Outcomes.noTenant(tenant))
            : store.teams(tenant, after, asked.most() + 1).thenApply(kept -> {
              TreeMap<String, ObjectNode> page = new TreeMap<>();
              kept.forEach(one -> page.put(one.id().team(), entry(one)));
              return Pages.answer(asked, page);
            }));
  }

  private CompletionStage<Answer> limits(Asked asked) {
    String tenant = asked.path("tenant");
    SpendingTree tree = tenancy.tree(tenant);
    if (tree == null) {
      return CompletableFuture.completedFuture(Outcomes.noTenant(tenant));
    }
    TreeMap<String, ObjectNode> page = new TreeMap<>();
    tree.limits().stream()
        .filter(limit -> limit.name().compareTo(asked.query("after")) > 0)
        .limit(asked.most() + 1L)
        .forEach(limit -> page.put(
            limit.name(),
            Documents.placed(limit)
                .put("toppedUp", tenancy.topUps(tenant).getOrDefault(limit.name(), 0L))));
    return CompletableFuture.completedFuture(Pages.answer(asked, page));
  }

  private CompletionStage<Answer> find(Asked asked) {
    TenantId id = id(asked);
    DeclaredTenant own = declared.all().get(id.tenant());
    if (own != null) {
      return CompletableFuture.completedFuture(
          id.team().isEmpty()
              ? Answer.json(200, declared.tenant(own))
              : own.teams().stream()
                  .filter(team -> team.name().equals(id.team()))
                  .findFirst()
                  .map(team -> Answer.json(200, declared.team(own, team)))
                  .orElseGet(() -> Answer.problem(404, "there is no such team")));
    }
    return store
        .find(id)
        .thenApply(found -> found
            .map(one -> Answer.json(200, entry(one)).withEtag(one.changed()))
            .orElseGet(() -> id.team().isEmpty()
                ? Outcomes.noTenant(id.tenant())
                : Answer.problem(404, "there is no such team")));
  }

  private CompletionStage<Answer> create(Asked asked) {
    TenantParts parts = new TenantParts(asked.body()).only("name", "limits");
    String name = parts.name("name");
    boolean team = !asked.path("tenant").isEmpty();
    TenantId id = team ? TenantId.ofTeam(asked.path("tenant"), name) : TenantId.ofTenant(name);
    List<DeclaredTenant.Limit> limits =
        parts.limits(team ? TenantParts.MOST_LIMITS_BELOW : TenantParts.MOST_LIMITS);
    if (!team && name.length() > TenantTable.MOST_NAME_CHARS) {
      parts.refuse("name", "at most " + TenantTable.MOST_NAME_CHARS + " characters");
    }
    if (!parts.problems().isEmpty()) {
      return Outcomes.bad(parts);
    }
    return declared
        .refused(id.tenant())
        .orElseGet(() -> store
            .create(asked.change(), id, TenantParts.json(limits).toString(), "", "", 0)
            .thenApply(written -> Outcomes.answer(
                written,
                made -> Answer.json(201, entry(made))
                    .withEtag(made.changed())
                    .with("Location", AdminServer.PREFIX + Documents.path(id)))));
  }

  private CompletionStage<Answer> change(Asked asked) {
    TenantId id = id(asked);
    TenantParts parts = new TenantParts(asked.body()).only("limits");
    if (!parts.has("limits")) {
      parts.refuse("limits", "a list of limits");
    }
    List<DeclaredTenant.Limit> limits =
        parts.limits(id.team().isEmpty() ? TenantParts.MOST_LIMITS : TenantParts.MOST_LIMITS_BELOW);
    if (!parts.problems().isEmpty()) {
      return Outcomes.bad(parts);
    }
    return declared
        .refused(id.tenant())
        .orElseGet(() -> store
            .limit(asked.change(), id, TenantParts.json(limits).toString())
            .thenApply(written -> Outcomes.answer(
                written, now -> Answer.json(200, entry(now)).withEtag(now.changed()))));
  }

  private CompletionStage<Answer> delete(Asked asked) {
    TenantId id = id(asked);
    return declared
        .refused(id.tenant())
        .orElseGet(() -> store
            .drop(asked.change(), id)
            .thenApply(written -> Outcomes.answer(written, gone -> Answer.nothing())));
  }

  private static TenantId id(Asked asked) {
    return new TenantId(asked.path("tenant"), asked.path("team"), "");
  }

  private static ObjectNode entry(KeptEntry entry) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (!entry.id().team().isEmpty()) {
      json.put("tenant", entry.id().tenant());
    }
    json.put(
        "name", entry.id().team().isEmpty() ? entry.id().tenant() : entry.id().team());
    json.set("limits", Documents.limits(entry.limits()));
    return json.put("created", entry.created().toString());
  }
}
