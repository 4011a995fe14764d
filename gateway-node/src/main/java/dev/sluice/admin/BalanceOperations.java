package dev.sluice.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.manifest.TenantParts;
import dev.sluice.tenancy.AuditTrail;
import dev.sluice.tenancy.Tenancy;
import dev.sluice.tenancy.TopUps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** How quotas stand, and what is done to them by hand. */
final class BalanceOperations {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final AdminView view;
  private final Tenancy tenancy;
  private final TopUps topUps;
  private final AuditTrail audit;

  BalanceOperations(AdminView view, Tenancy tenancy, TopUps topUps, AuditTrail audit) {
    this.view = view;
    this.tenancy = tenancy;
    this.topUps = topUps;
    this.audit = audit;
  }

  List<Operation> all() {
    return List.of(
        Operation.get(
                "listBalances",
                "/tenants/{tenant}/balances",
                Access.READ,
                "How each limit of a tenant stands on all nodes together.",
                "Balance[]",
                this::balances)
            .paged("Name of the limit behind which to begin.", "[a-z0-9][-a-z0-9./]{0,1023}"),
        Operation.get(
                "listTopUps",
                "/tenants/{tenant}/top-ups",
                Access.READ,
                "What was added to balances, oldest first.",
                "TopUp[]",
                this::list)
            .paged("Number behind which to begin.", "[0-9]{1,18}"),
        Operation.post(
                "topUp",
                "/tenants/{tenant}/top-ups",
                Access.ADMIN,
                "Adds to a balance: a limit whose window is none. Also to one that a manifest declares.",
                "NewTopUp",
                201,
                "TopUp",
                this::topUp)
            .once(),
        Operation.post(
            "writeOff",
            "/tenants/{tenant}/write-offs",
            Access.ADMIN,
            "Takes back what nodes that are gone had in advance and have not reported. What such a node reports"
                + " later all the same is counted then.",
            "WriteOff",
            200,
            "WrittenOff",
            this::writeOff));
  }

  private CompletionStage<Answer> balances(Asked asked) {
    String tenant = asked.path("tenant");
    Optional<CompletionStage<List<?>>> balances = view.balances(tenant);
    if (balances.isEmpty()) {
      return CompletableFuture.completedFuture(Outcomes.noTenant(tenant));
    }
    return balances.get().handle((all, failure) -> {
      if (failure != null) {
        return unreachable();
      }
      TreeMap<String, ObjectNode> page = new TreeMap<>();
      for (Object one : all) {
        ObjectNode json = JSON.valueToTree(one);
        String name = json.path("name").asText();
        if (name.compareTo(asked.query("after")) > 0) {
          page.put(name, json);
        }
      }
      return Pages.answer(asked, page);
    });
  }

  private static Answer unreachable() {
    return Answer.problem(503, "the tenant's quota can't be reached right now; try again")
        .with("Retry-After", "1");
  }

  private CompletionStage<Answer> list(Asked asked) {
    String after = asked.query("after");
    return topUps
        .of(asked.path("tenant"), after.isEmpty() ? 0 : Long.parseLong(after), asked.most() + 1)
        .thenApply(all -> {
          TreeMap<Long, ObjectNode> sorted = new TreeMap<>();
          all.forEach(one -> sorted.put(one.changed(), json(one)));
          LinkedHashMap<String, ObjectNode> page = new LinkedHashMap<>();
          sorted.forEach((number, one) -> page.put(number.toString(), one));
          return Pages.answer(asked, page);
        });
  }

  private CompletionStage<Answer> topUp(Asked asked) {
    String tenant = asked.path("tenant");
    TenantParts parts = new TenantParts(asked.body()).only("limit", "amount");
    String name =
        parts.requiredText("limit", text -> text.length() <= 1024, "the name of a balance");
    long amount = parts.requiredNumber("amount", -TopUps.MOST, TopUps.MOST);
    if (!parts.problems().isEmpty()) {
      return Outcomes.bad(parts);
    }
    SpendingTree tree = tenancy.tree(tenant);
    if (tree == null) {
      return CompletableFuture.completedFuture(Outcomes.noTenant(tenant));
    }
    Optional<SpendingTree.Limit> limit = tree.limits().stream()
        .filter(one -> one.name().equals(name))
        .filter(one -> one.window() == DeclaredTenant.Window.NONE)
        .filter(one -> one.unit() != DeclaredTenant.Unit.IN_FLIGHT_REQUESTS)
        .findFirst();
    if (limit.isEmpty()) {
      parts.refuse("limit", "the name of a limit of this tenant whose window is none");
      return Outcomes.bad(parts);
    }
    return topUps
        .add(asked.change(), tenant, name, limit.get().amount(), amount, asked.idempotencyKey())
        .thenApply(written -> Outcomes.answer(written, made -> Answer.json(201, json(made))));
  }

  private static ObjectNode json(TopUps.TopUp one) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("limit", one.limit())
        .put("amount", one.amount())
        .put("idempotencyKey", one.idempotencyKey())
        .put("at", one.at().toString())
        .put("by", one.who());
  }

  /** Noted before it is done: what is done without a trace can't be found out, the reverse can. */
  private CompletionStage<Answer> writeOff(Asked asked) {
    String tenant = asked.path("tenant");
    TenantParts parts = new TenantParts(asked.body()).only("reason");
    String reason = parts.requiredText(
        "reason",
        text -> text.length() <= 500,
        "a text of at most 500 characters, for the audit trail");
    if (!parts.problems().isEmpty()) {
      return Outcomes.bad(parts);
    }
    if (tenancy.tree(tenant) == null) {
      return CompletableFuture.completedFuture(Outcomes.noTenant(tenant));
    }
    String noted = JsonNodeFactory.instance.objectNode().put("reason", reason).toString();
    return audit
        .note(asked.change(), tenant, "", noted)
        .thenCompose(number -> view.writeOff(tenant)
            .handle((leases, failure) -> failure != null
                ? unreachable()
                : Answer.json(200, JsonNodeFactory.instance.objectNode().put("leases", leases))));
  }
}
