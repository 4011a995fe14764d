package dev.sluice.tenancy;

import static dev.sluice.tenancy.TenancyFeed.number;
import static dev.sluice.tenancy.TenancyFeed.text;

import dev.sluice.ingress.manifest.TenantParts;
import dev.sluice.state.Database;
import dev.sluice.state.Sql;
import io.r2dbc.spi.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The tenants of the database: what the admin API reads and changes. Each change takes the next number, notes itself in the
 * audit trail and is done as a whole or not at all. Fails if the database can't be reached.
 */
public final class TenancyStore {
  private static final String ENTRY_OF_TENANT =
      "SELECT name AS tenant, '' AS team, '' AS name, limits, '' AS jwt, 0::bigint AS expires, created, changed FROM sluice_tenant";
  private static final String ENTRY_OF_TEAM =
      "SELECT tenant, name AS team, '' AS name, limits, '' AS jwt, 0::bigint AS expires, created, changed FROM sluice_team";
  private static final String ENTRY_OF_KEY =
      "SELECT tenant, team, name, limits, jwt, expires, created, changed FROM sluice_key";

  private final Database database;
  private final TenancySettings settings;

  public TenancyStore(Database database, TenancySettings settings) {
    this.database = database;
    this.settings = settings;
  }

  /** @param after name behind which to begin; empty for the first */
  public CompletionStage<List<KeptEntry>> tenants(String after, int most) {
    return database.read(sql -> sql.rows(
            ENTRY_OF_TENANT
                + " WHERE name > $1 AND dropped IS NULL ORDER BY sluice_tenant.name LIMIT $2",
            TenancyStore::entry,
            after,
            most)
        .collectList());
  }

  public CompletionStage<List<KeptEntry>> teams(String tenant, String after, int most) {
    return database.read(sql -> sql.rows(
            ENTRY_OF_TEAM
                + " WHERE tenant = $1 AND name > $2 AND dropped IS NULL ORDER BY sluice_team.name LIMIT $3",
            TenancyStore::entry,
            tenant,
            after,
            most)
        .collectList());
  }

  /** @param team empty for the keys without one */
  public CompletionStage<List<KeptEntry>> keys(String tenant, String team, String after, int most) {
    return database.read(sql -> sql.rows(
            ENTRY_OF_KEY
                + " WHERE tenant = $1 AND team = $2 AND name > $3 AND dropped IS NULL ORDER BY sluice_key.name LIMIT $4",
            TenancyStore::entry,
            tenant,
            team,
            after,
            most)
        .collectList());
  }

  public CompletionStage<Optional<KeptEntry>> find(TenantId id) {
    return database.read(sql -> find(sql, id).map(Optional::of).defaultIfEmpty(Optional.empty()));
  }

  private static Mono<KeptEntry> find(Sql sql, TenantId id) {
    if (!id.key().isEmpty()) {
      return sql.row(
          ENTRY_OF_KEY + " WHERE tenant = $1 AND team = $2 AND name = $3 AND dropped IS NULL",
          TenancyStore::entry,
          id.tenant(),
          id.team(),
          id.key());
    }
    return id.team().isEmpty()
        ? sql.row(
            ENTRY_OF_TENANT + " WHERE name = $1 AND dropped IS NULL",
            TenancyStore::entry,
            id.tenant())
        : sql.row(
            ENTRY_OF_TEAM + " WHERE tenant = $1 AND name = $2 AND dropped IS NULL",
            TenancyStore::entry,
            id.tenant(),
            id.team());
  }

  private static KeptEntry entry(Row row) {
    return new KeptEntry(
        new TenantId(text(row, "tenant"), text(row, "team"), text(row, "name")),
        text(row, "limits"),
        text(row, "jwt"),
        number(row, "expires"),
        Objects.requireNonNull(row.get("created", Instant.class)),
        number(row, "changed"));
  }

  /**
   * Adds a tenant, a team or a key.
   *
   * @param limits as {@code TenantParts} writes them
   * @param jwt likewise; empty for a key with a secret
   * @param sha256 of the key's secret; empty if there is none
   * @param expires milliseconds since 1970; 0 for never
   */
  public CompletionStage<Written<KeptEntry>> create(
      Change change, TenantId id, String limits, String jwt, String sha256, long expires) {
    return Undone.caught(database.write(sql -> next(sql)
        .flatMap(number -> find(sql, id)
            .<Written<KeptEntry>>map(
                there -> new Written.Conflict<>("there is a " + Words.of(id) + " of this name"))
            .switchIfEmpty(Mono.defer(() -> parentMissing(sql, id)))
            .switchIfEmpty(Mono.defer(() -> full(sql, id)))
            .switchIfEmpty(Mono.defer(() -> secretTaken(sql, sha256)))
            .switchIfEmpty(Mono.defer(() -> insert(sql, id, limits, jwt, expires, number)
                .then(secret(sql, id, sha256, expires, number))
                .then(Mono.defer(() -> tooManyPaths(sql, id)))
                .switchIfEmpty(Mono.defer(() -> done(sql, change, id, null, number)))))
            .flatMap(TenancyStore::committed))));
  }

  /** Puts other limits in the place of what a tenant, a team or a key has. */
  public CompletionStage<Written<KeptEntry>> limit(Change change, TenantId id, String limits) {
    return Undone.caught(database.write(sql -> next(sql)
        .flatMap(number -> find(sql, id)
            .<Written<KeptEntry>>flatMap(before -> stale(change, before)
                .switchIfEmpty(Mono.defer(() -> sql.update(
                        "UPDATE " + table(id) + " SET limits = $1, changed = $2" + where(id, 3),
                        values(id, limits, number))
                    .then(tooManyPaths(sql, id))
                    .switchIfEmpty(Mono.defer(() -> done(sql, change, id, before, number))))))
            .defaultIfEmpty(new Written.Missing<>(Words.of(id)))
            .flatMap(TenancyStore::committed))));
  }

  /** Takes a tenant, a team or a key away, with all that is inside it. */
  public CompletionStage<Written<KeptEntry>> drop(Change change, TenantId id) {
    return Undone.caught(database.write(sql -> next(sql)
        .flatMap(number -> find(sql, id)
            .<Written<KeptEntry>>flatMap(before -> stale(change, before)
                .switchIfEmpty(Mono.defer(() -> dropAll(sql, id, number)
                    .then(Audit.note(sql, change, id, number, Audit.json(before), ""))
                    .<Written<KeptEntry>>thenReturn(new Written.Done<>(before, number)))))
            .defaultIfEmpty(new Written.Missing<>(Words.of(id)))
            .flatMap(TenancyStore::committed))));
  }

  /**
   * Gives a key another secret.
   *
   * @param overlapUntil until when the ones before go on, in milliseconds since 1970; 0: they end now
   */
  public CompletionStage<Written<KeptEntry>> rotate(
      Change change, TenantId id, String sha256, long overlapUntil) {
    return Undone.caught(database.write(sql -> next(sql)
        .flatMap(number -> find(sql, id)
            .<Written<KeptEntry>>flatMap(before -> before.jwt().isEmpty()
                ? stale(change, before)
                    .switchIfEmpty(Mono.defer(() -> secretTaken(sql, sha256)))
                    .switchIfEmpty(
                        Mono.defer(() -> rotate(sql, before, sha256, overlapUntil, number)
                            .then(done(sql, change, id, before, number))))
                : Mono.<Written<KeptEntry>>just(
                    new Written.Conflict<>("the key has no secret: tokens stand for it")))
            .defaultIfEmpty(new Written.Missing<>(Words.of(id)))
            .flatMap(TenancyStore::committed))));
  }

  /** The newest secret before goes on for the overlap, unless it ends sooner; older ones end now. */
  private static Mono<Void> rotate(
      Sql sql, KeptEntry key, String sha256, long overlapUntil, long number) {
    TenantId id = key.id();
    return sql.update(
            "UPDATE sluice_secret SET dropped = now(), changed = $1"
                + " WHERE tenant = $2 AND team = $3 AND name = $4 AND dropped IS NULL AND ($5 OR changed <"
                + " (SELECT max(changed) FROM sluice_secret WHERE tenant = $2 AND team = $3 AND name = $4 AND dropped IS NULL))",
            number,
            id.tenant(),
            id.team(),
            id.key(),
            overlapUntil == 0)
        .then(sql.update(
            "UPDATE sluice_secret SET expires = CASE WHEN expires = 0 THEN $1 ELSE least(expires, $1) END, changed = $2"
                + " WHERE tenant = $3 AND team = $4 AND name = $5 AND dropped IS NULL",
            overlapUntil,
            number,
            id.tenant(),
            id.team(),
            id.key()))
        .then(sql.update("UPDATE sluice_key SET changed = $1" + where(id, 2), values(id, number)))
        .then(secret(sql, id, sha256, key.expires(), number));
  }

  private static Mono<Void> insert(
      Sql sql, TenantId id, String limits, String jwt, long expires, long number) {
    String again =
        " DO UPDATE SET limits = excluded.limits, created = now(), changed = excluded.changed, dropped = NULL";
    if (!id.key().isEmpty()) {
      return sql.update(
              "INSERT INTO sluice_key(tenant, team, name, limits, jwt, expires, changed) VALUES ($1, $2, $3, $4, $5, $6, $7)"
                  + " ON CONFLICT (tenant, team, name)" + again
                  + ", jwt = excluded.jwt, expires = excluded.expires",
              id.tenant(),
              id.team(),
              id.key(),
              limits,
              jwt,
              expires,
              number)
          .then();
    }
    return id.team().isEmpty()
        ? sql.update(
                "INSERT INTO sluice_tenant(name, limits, changed) VALUES ($1, $2, $3) ON CONFLICT (name)"
                    + again,
                id.tenant(),
                limits,
                number)
            .then()
        : sql.update(
                "INSERT INTO sluice_team(tenant, name, limits, changed) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, name)"
                    + again,
                id.tenant(),
                id.team(),
                limits,
                number)
            .then();
  }

  private static Mono<Void> secret(Sql sql, TenantId id, String sha256, long expires, long number) {
    return sha256.isEmpty()
        ? Mono.empty()
        : sql.update(
                "INSERT INTO sluice_secret(sha256, tenant, team, name, expires, changed) VALUES ($1, $2, $3, $4, $5, $6)"
                    + " ON CONFLICT (sha256) DO UPDATE SET tenant = excluded.tenant, team = excluded.team,"
                    + " name = excluded.name, expires = excluded.expires, changed = excluded.changed, dropped = NULL",
                sha256,
                id.tenant(),
                id.team(),
                id.key(),
                expires,
                number)
            .then();
  }

  private static Mono<Void> dropAll(Sql sql, TenantId id, long number) {
    String drop = " SET dropped = now(), changed = $1";
    if (!id.key().isEmpty()) {
      return sql.update("UPDATE sluice_key" + drop + where(id, 2), values(id, number))
          .then(sql.update("UPDATE sluice_secret" + drop + where(id, 2), values(id, number)))
          .then();
    }
    String inside =
        " WHERE tenant = $2 AND dropped IS NULL" + (id.team().isEmpty() ? "" : " AND team = $3");
    Object[] of = id.team().isEmpty()
        ? new Object[] {number, id.tenant()}
        : new Object[] {number, id.tenant(), id.team()};
    Mono<Long> keys = sql.update("UPDATE sluice_key" + drop + inside, of)
        .then(sql.update("UPDATE sluice_secret" + drop + inside, of));
    Mono<Long> teams =
        sql.update("UPDATE sluice_team" + drop + inside.replace("team = ", "name = "), of);
    return id.team().isEmpty()
        ? keys.then(teams)
            .then(sql.update("UPDATE sluice_tenant" + drop + where(id, 2), values(id, number)))
            .then()
        : keys.then(teams).then();
  }

  /** Holds every other change back until this one is over. */
  static Mono<Long> next(Sql sql) {
    return sql.row(
        "UPDATE sluice_tenancy SET changed = changed + 1 RETURNING changed",
        row -> number(row, "changed"));
  }

  private static Mono<Written<KeptEntry>> done(
      Sql sql, Change change, TenantId id, @Nullable KeptEntry before, long number) {
    return find(sql, id)
        .flatMap(after -> Audit.note(
                sql,
                change,
                id,
                number,
                before == null ? "" : Audit.json(before),
                Audit.json(after))
            .<Written<KeptEntry>>thenReturn(new Written.Done<>(after, number)));
  }

  private static Mono<Written<KeptEntry>> stale(Change change, KeptEntry there) {
    return change.ifChanged() == Change.ANY || change.ifChanged() == there.changed()
        ? Mono.empty()
        : Mono.just(new Written.Stale<>());
  }

  private static Mono<Written<KeptEntry>> parentMissing(Sql sql, TenantId id) {
    if (id.team().isEmpty() && id.key().isEmpty()) {
      return Mono.empty();
    }
    TenantId parent = id.key().isEmpty() || id.team().isEmpty()
        ? TenantId.ofTenant(id.tenant())
        : TenantId.ofTeam(id.tenant(), id.team());
    return find(sql, parent)
        .hasElement()
        .flatMap(
            there -> there ? Mono.empty() : Mono.just(new Written.Missing<>(Words.of(parent))));
  }

  private Mono<Written<KeptEntry>> full(Sql sql, TenantId id) {
    long most = !id.key().isEmpty()
        ? id.team().isEmpty() ? TenantParts.MOST_KEYS : TenantParts.MOST_KEYS_OF_TEAM
        : id.team().isEmpty() ? settings.mostTenants() : TenantParts.MOST_TEAMS;
    String count = "SELECT count(*) AS n FROM " + table(id) + " WHERE dropped IS NULL";
    Mono<Long> there = !id.key().isEmpty()
        ? sql.row(
            count + " AND tenant = $1 AND team = $2",
            row -> number(row, "n"),
            id.tenant(),
            id.team())
        : id.team().isEmpty()
            ? sql.row(count, row -> number(row, "n"))
            : sql.row(count + " AND tenant = $1", row -> number(row, "n"), id.tenant());
    return there.flatMap(n -> n < most
        ? Mono.empty()
        : Mono.just(new Written.Conflict<>("there are " + n + " already, and at most " + most)));
  }

  private static Mono<Written<KeptEntry>> secretTaken(Sql sql, String sha256) {
    return sha256.isEmpty()
        ? Mono.empty()
        : sql.row(
            "SELECT 1 FROM sluice_secret WHERE sha256 = $1 AND dropped IS NULL",
            row -> new Written.Conflict<>("another key has this secret"),
            sha256);
  }

  /** A tenant whose limits make too many paths would lose all of its keys: it is not let come to that. */
  private static Mono<Written<KeptEntry>> tooManyPaths(Sql sql, TenantId id) {
    KeptTenant whole = new KeptTenant(id.tenant());
    return Flux.concat(
            find(sql, TenantId.ofTenant(id.tenant())).doOnNext(one -> whole.limits(one.limits())),
            sql.rows(
                    ENTRY_OF_TEAM + " WHERE tenant = $1 AND limits <> '[]' AND dropped IS NULL",
                    TenancyStore::entry,
                    id.tenant())
                .doOnNext(one -> whole.team(one.id().team(), one.limits(), false)),
            sql.rows(
                    ENTRY_OF_KEY + " WHERE tenant = $1 AND limits <> '[]' AND dropped IS NULL",
                    TenancyStore::entry,
                    id.tenant())
                .doOnNext(one -> whole.key(one.id().team(), one.id().key(), one.limits(), false)))
        .then(Mono.defer(() -> {
          String problem = whole.rebuild();
          return problem.isEmpty() ? Mono.empty() : Mono.just(new Written.Conflict<>(problem));
        }));
  }

  /** What is refused leaves nothing behind, not even its number. */
  private static Mono<Written<KeptEntry>> committed(Written<KeptEntry> written) {
    return written instanceof Written.Done ? Mono.just(written) : Mono.error(new Undone(written));
  }

  private static String table(TenantId id) {
    return !id.key().isEmpty()
        ? "sluice_key"
        : id.team().isEmpty() ? "sluice_tenant" : "sluice_team";
  }

  /** @param first number of the first value */
  private static String where(TenantId id, int first) {
    if (!id.key().isEmpty()) {
      return " WHERE tenant = $" + first + " AND team = $" + (first + 1) + " AND name = $"
          + (first + 2) + " AND dropped IS NULL";
    }
    return id.team().isEmpty()
        ? " WHERE name = $" + first + " AND dropped IS NULL"
        : " WHERE tenant = $" + first + " AND name = $" + (first + 1) + " AND dropped IS NULL";
  }

  private static Object[] values(TenantId id, Object... before) {
    List<Object> all = new ArrayList<>(List.of(before));
    all.add(id.tenant());
    if (!id.key().isEmpty()) {
      all.add(id.team());
      all.add(id.key());
    } else if (!id.team().isEmpty()) {
      all.add(id.team());
    }
    return all.toArray();
  }
}
