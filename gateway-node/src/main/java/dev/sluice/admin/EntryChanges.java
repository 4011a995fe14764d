package dev.sluice.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.manifest.TenantParts;
import dev.sluice.tenancy.KeptEntry;
import dev.sluice.tenancy.TenancyStore;
import dev.sluice.tenancy.TenantId;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** What can be done to every place of a tenant: other limits, and its end. What a manifest declares is refused. */
record EntryChanges(TenancyStore store, Declared declared) {
  /**
   * Puts other limits in the place of those that are there.
   *
   * @param most limits that the place may have
   * @param shown the entry, as its answer has it
   */
  CompletionStage<Answer> limits(
      Asked asked, TenantId id, int most, Function<KeptEntry, ? extends JsonNode> shown) {
    TenantParts parts = new TenantParts(asked.body()).only("limits");
    if (!parts.has("limits")) {
      parts.refuse("limits", "a list of limits");
    }
    List<DeclaredTenant.Limit> limits = parts.limits(most);
    if (!parts.problems().isEmpty()) {
      return Outcomes.bad(parts);
    }
    return declared
        .refused(id.tenant())
        .orElseGet(() -> store
            .limit(asked.change(), id, TenantParts.json(limits).toString())
            .thenApply(written -> Outcomes.answer(
                written, now -> Answer.json(200, shown.apply(now)).withEtag(now.changed()))));
  }

  CompletionStage<Answer> delete(Asked asked, TenantId id) {
    return declared
        .refused(id.tenant())
        .orElseGet(() -> store
            .drop(asked.change(), id)
            .thenApply(written -> Outcomes.answer(written, gone -> Answer.nothing())));
  }
}
