package dev.sluice.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.TenantTable;
import dev.sluice.ingress.manifest.TenantParts;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What manifests declare: shown as the rest is, with the object and the file, and changed there only. */
final class Declared {
  private record Seen(TenantTable table, TreeMap<String, DeclaredTenant> byName) {}

  private final Supplier<TenantTable> tenants;
  private volatile @Nullable Seen seen;

  Declared(Supplier<TenantTable> tenants) {
    this.tenants = tenants;
  }

  /** By name. */
  @SuppressWarnings({"NonApiType", "ReferenceEquality"
  }) // the order is promised; the table is replaced whole
  TreeMap<String, DeclaredTenant> all() {
    TenantTable now = tenants.get();
    Seen last = seen;
    if (last == null || last.table() != now) {
      TreeMap<String, DeclaredTenant> byName = new TreeMap<>();
      now.tenants().forEach((name, tenant) -> byName.put(name, tenant.declared()));
      last = new Seen(now, byName);
      seen = last;
    }
    return last.byName();
  }

  /** The refusal to change a tenant that a manifest declares; empty if none does. */
  Optional<CompletionStage<Answer>> refused(String tenant) {
    DeclaredTenant own = all().get(tenant);
    return own == null
        ? Optional.empty()
        : Optional.of(CompletableFuture.completedFuture(Answer.problem(
            409,
            "the tenant \"" + tenant + "\" is declared by " + own.key() + place(own)
                + ": change it there")));
  }

  private static String place(DeclaredTenant own) {
    String place = own.at().place("");
    return place.isEmpty() ? "" : " in " + place;
  }

  ObjectNode tenant(DeclaredTenant own) {
    ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("name", own.key().name());
    json.set("limits", TenantParts.json(own.limits()));
    return by(json, own);
  }

  ObjectNode team(DeclaredTenant own, DeclaredTenant.Team team) {
    ObjectNode json = JsonNodeFactory.instance
        .objectNode()
        .put("tenant", own.key().name())
        .put("name", team.name());
    json.set("limits", TenantParts.json(team.limits()));
    return by(json, own);
  }

  ObjectNode by(ObjectNode json, DeclaredTenant own) {
    json.putObject("declaredBy")
        .put("object", own.key().toString())
        .put("place", own.at().place(""));
    return json;
  }
}
