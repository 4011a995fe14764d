package dev.sluice.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.ClaimRule;
import dev.sluice.ingress.DeclaredTenant;
import dev.sluice.ingress.manifest.TenantParts;
import dev.sluice.tenancy.KeptEntry;
import dev.sluice.tenancy.NewSecret;
import dev.sluice.tenancy.TenancyStore;
import dev.sluice.tenancy.TenantId;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/** Keys of tenants and of teams. A secret is shown once, where it is made. */
final class KeyOperations {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final String NAME = "[a-z0-9][-a-z0-9.]{0,252}";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TenancyStore store;
  private final Declared declared;
  private final Duration mostOverlap;
  private final Clock clock;

  KeyOperations(TenancyStore store, Declared declared, Duration mostOverlap, Clock clock) {
    this.store = store;
    this.declared = declared;
    this.mostOverlap = mostOverlap;
    this.clock = clock;
  }

  List<Operation> all() {
    List<Operation> all = new ArrayList<>(of("", "/tenants/{tenant}/keys", "of no team"));
    all.addAll(of("Team", "/tenants/{tenant}/teams/{team}/keys", "of a team"));
    return all;
  }

  private List<Operation> of(String team, String path, String whose) {
    return List.of(
        Operation.get(
                "list" + team + "Keys",
                path,
                Access.READ,
                "Keys " + whose + ".",
                "Key[]",
                this::list)
            .paged(
                "Name behind which to begin, as the Link field of the page before has it.", NAME),
        Operation.post(
            "create" + team + "Key",
            path,
            Access.MANAGE,
            "Adds a key " + whose + ". Its secret is in this answer, and nowhere else ever after.",
            "NewKey",
            201,
            "CreatedKey",
            this::create),
        Operation.get(
            "get" + team + "Key",
            path + "/{key}",
            Access.READ,
            "A key " + whose + ".",
            "Key",
            this::find),
        Operation.put(
            "change" + team + "Key",
            path + "/{key}",
            Access.MANAGE,
            "Puts other limits in the place of those that the key has.",
            "Limits",
            "Key",
            this::change),
        Operation.delete(
            "delete" + team + "Key",
            path + "/{key}",
            Access.MANAGE,
            "Revokes a key: it stops working on all nodes within a second.",
            this::delete),
        Operation.post(
            "rotate" + team + "Key",
            path + "/{key}/rotations",
            Access.MANAGE,
            "Gives a key another secret. The one before goes on for the overlap.",
            "Rotation",
            201,
            "CreatedKey",
            this::rotate));
  }

  private CompletionStage<Answer> list(Asked asked) {
    String tenant = asked.path("tenant");
    String team = asked.path("team");
    DeclaredTenant own = declared.all().get(tenant);
    if (own != null) {
      TreeMap<String, ObjectNode> page = new TreeMap<>();
      Optional<List<DeclaredTenant.Key>> keys = keys(own, team);
      if (keys.isEmpty()) {
        return CompletableFuture.completedFuture(Answer.problem(404, "there is no such team"));
      }
      keys.get().stream()
          .filter(key -> key.name().compareTo(asked.query("after")) > 0)
          .forEach(key -> page.put(key.name(), key(own, team, key)));
      return CompletableFuture.completedFuture(Pages.answer(asked, page));
    }
    return store
        .find(new TenantId(tenant, team, ""))
        .thenCompose(there -> there.isEmpty()
            ? CompletableFuture.completedFuture(
                Answer.problem(404, "there is no such tenant or team"))
            : store.keys(tenant, team, asked.query("after"), asked.most() + 1).thenApply(kept -> {
              TreeMap<String, ObjectNode> page = new TreeMap<>();
              kept.forEach(one -> page.put(one.id().key(), key(one)));
              return Pages.answer(asked, page);
            }));
  }

  /** @return empty if there is no such team */
  private static Optional<List<DeclaredTenant.Key>> keys(DeclaredTenant own, String team) {
    return team.isEmpty()
        ? Optional.of(own.keys())
        : own.teams().stream()
            .filter(one -> one.name().equals(team))
            .findFirst()
            .map(DeclaredTenant.Team::keys);
  }

  private CompletionStage<Answer> find(Asked asked) {
    TenantId id = id(asked);
    DeclaredTenant own = declared.all().get(id.tenant());
    if (own != null) {
      return CompletableFuture.completedFuture(keys(own, id.team())
          .flatMap(
              keys -> keys.stream().filter(key -> key.name().equals(id.key())).findFirst())
          .map(key -> Answer.json(200, key(own, id.team(), key)))
          .orElseGet(() -> Answer.problem(404, "there is no such key")));
    }
    return store
        .find(id)
        .thenApply(found -> found
            .map(one -> Answer.json(200, key(one)).withEtag(one.changed()))
            .orElseGet(() -> Answer.problem(404, "there is no such key")));
  }

  private CompletionStage<Answer> create(Asked asked) {
    TenantParts parts = new TenantParts(asked.body())
        .only("name", "limits", "sha256", "jwt", "serviceAccount", "expires");
    TenantId id = new TenantId(asked.path("tenant"), asked.path("team"), parts.name("name"));
    List<DeclaredTenant.Limit> limits = parts.limits(TenantParts.MOST_LIMITS_BELOW);
    ClaimRule rule = parts.rule();
    if ((parts.has("jwt") || parts.has("serviceAccount")) && asked.caller().isLimited()) {
      return CompletableFuture.completedFuture(Answer.problem(
          403,
          "jwt and serviceAccount are for admins of all tenants: the claims may fit callers of other tenants"
              + " (expected: a key with a secret; or ask an admin to add this one)"));
    }
    String given = parts.text(
        "sha256",
        text -> SHA256.matcher(text).matches(),
        "the SHA-256 of the key in 64 lower-case hex digits");
    if (parts.has("jwt") && parts.has("serviceAccount")
        || parts.has("sha256") && (parts.has("jwt") || parts.has("serviceAccount"))) {
      parts.refuse("sha256", "one of sha256, jwt and serviceAccount at most");
    }
    long expires = expires(parts);
    if (!parts.problems().isEmpty()) {
      return Outcomes.bad(parts);
    }
    NewSecret secret = rule == null && given.isEmpty() ? NewSecret.make() : NewSecret.of(given);
    return declared
        .refused(id.tenant())
        .orElseGet(() -> store
            .create(
                asked.change(),
                id,
                TenantParts.json(limits).toString(),
                TenantParts.json(rule),
                secret.sha256(),
                expires)
            .thenApply(written -> Outcomes.answer(
                written,
                made -> Answer.json(201, shown(made, secret))
                    .withEtag(made.changed())
                    .with("Location", AdminServer.PREFIX + Documents.path(id)))));
  }

  /** Milliseconds since 1970; 0 for never. */
  private long expires(TenantParts parts) {
    String text = parts.text(
        "expires",
        one -> instant(one).isPresent(),
        "a moment in the future such as 2030-01-31T00:00:00Z");
    return instant(text).map(Instant::toEpochMilli).orElse(0L);
  }

  private Optional<Instant> instant(String text) {
    try {
      Instant moment = Instant.parse(text);
      return moment.isAfter(clock.instant())
              && moment.isBefore(Instant.parse("9999-01-01T00:00:00Z"))
          ? Optional.of(moment)
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private CompletionStage<Answer> change(Asked asked) {
    TenantId id = id(asked);
    return new EntryChanges(store, declared)
        .limits(asked, id, TenantParts.MOST_LIMITS_BELOW, KeyOperations::key);
  }

  private CompletionStage<Answer> delete(Asked asked) {
    return new EntryChanges(store, declared).delete(asked, id(asked));
  }

  private CompletionStage<Answer> rotate(Asked asked) {
    TenantId id = id(asked);
    TenantParts parts = new TenantParts(asked.body()).only("overlapSeconds");
    long overlap = parts.number("overlapSeconds", 0, mostOverlap.toSeconds(), 0);
    if (!parts.problems().isEmpty()) {
      return Outcomes.bad(parts);
    }
    NewSecret secret = NewSecret.make();
    long until = overlap == 0 ? 0 : clock.millis() + overlap * 1000;
    return declared
        .refused(id.tenant())
        .orElseGet(() -> store
            .rotate(asked.change(), id, secret.sha256(), until)
            .thenApply(written -> Outcomes.answer(
                written, now -> Answer.json(201, shown(now, secret)).withEtag(now.changed()))));
  }

  private static TenantId id(Asked asked) {
    return new TenantId(asked.path("tenant"), asked.path("team"), asked.path("key"));
  }

  private static ObjectNode shown(KeptEntry entry, NewSecret secret) {
    ObjectNode json = key(entry);
    if (!secret.text().isEmpty()) {
      json.put("key", secret.text());
    }
    return json;
  }

  private static ObjectNode key(KeptEntry entry) {
    ObjectNode json = head(entry.id().tenant(), entry.id().team(), entry.id().key());
    json.set("limits", Documents.limits(entry.limits()));
    if (!entry.jwt().isEmpty()) {
      try {
        json.set("jwt", JSON.readTree(entry.jwt()));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("the database has a rule that is no JSON", e);
      }
    }
    if (entry.expires() != 0) {
      json.put("expires", Instant.ofEpochMilli(entry.expires()).toString());
    }
    return json.put("created", entry.created().toString());
  }

  private ObjectNode key(DeclaredTenant own, String team, DeclaredTenant.Key key) {
    ObjectNode json = head(own.key().name(), team, key.name());
    json.set("limits", TenantParts.json(key.limits()));
    ClaimRule rule = key.rule();
    if (rule != null) {
      ObjectNode jwt = json.putObject("jwt").put("issuer", rule.issuer());
      ObjectNode claims = jwt.putObject("claims");
      rule.claims().forEach(claims::put);
    }
    return declared.by(json, own);
  }

  private static ObjectNode head(String tenant, String team, String name) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("tenant", tenant);
    if (!team.isEmpty()) {
      json.put("team", team);
    }
    return json.put("name", name);
  }
}
