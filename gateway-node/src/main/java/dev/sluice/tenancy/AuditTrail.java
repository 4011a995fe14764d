package dev.sluice.tenancy;

import static dev.sluice.tenancy.TenancyFeed.number;
import static dev.sluice.tenancy.TenancyFeed.text;

import dev.sluice.state.Database;
import dev.sluice.state.Sql;
import io.r2dbc.spi.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;

/** Who changed what, newest first; and the rows that have been dropped, until nobody can need them. */
public final class AuditTrail {
  /** After which a node that has not seen that a row was dropped reads everything anew. */
  private static final Duration KEEP_DROPPED = Duration.ofDays(7);

  private final Database database;

  public AuditTrail(Database database) {
    this.database = database;
  }

  /**
   * Lines of it.
   *
   * @param tenants whose; empty for all
   * @param before number of the change before which to begin
   */
  public CompletionStage<List<Audit>> lines(Collection<String> tenants, long before, int most) {
    return database.read(sql -> sql.rows(
            "SELECT changed, at, who, role, operation, tenant, target, before, after FROM sluice_audit"
                + " WHERE changed < $1 AND ($2 OR tenant = ANY($3)) ORDER BY changed DESC LIMIT $4",
            AuditTrail::line,
            before,
            tenants.isEmpty(),
            tenants.toArray(String[]::new),
            most)
        .collectList());
  }

  /** Notes what is done outside of the database, before it is done. */
  public CompletionStage<Long> note(Change change, String tenant, String target, String after) {
    return database.write(sql -> TenancyStore.next(sql)
        .flatMap(number ->
            Audit.note(sql, change, tenant, target, number, "", after).thenReturn(number)));
  }

  /**
   * Deletes lines older than this, and what was dropped a week ago: with a tenant, what was added to its balances, which
   * alerts it had, and the journal of what it spent. Until then a tenant that is made again goes on where it was.
   *
   * @param declared names of tenants that manifests declare: their quotas are theirs
   */
  public CompletionStage<Long> sweep(Duration retention, Collection<String> declared) {
    String old = " WHERE dropped < now() - $1 * interval '1 second'";
    String gone = "(SELECT %s FROM sluice_tenant" + old + " AND NOT (name = ANY($2)))";
    String journals = " WHERE persistence_id IN " + gone.formatted("'TenantQuota|' || name");
    long kept = KEEP_DROPPED.toSeconds();
    String[] others = declared.toArray(String[]::new);
    return database.write(sql -> sql.update(
            "UPDATE sluice_tenancy SET swept = GREATEST(swept,"
                + " COALESCE((SELECT max(changed) FROM sluice_tenant" + old + "), 0),"
                + " COALESCE((SELECT max(changed) FROM sluice_team" + old + "), 0),"
                + " COALESCE((SELECT max(changed) FROM sluice_key" + old + "), 0),"
                + " COALESCE((SELECT max(changed) FROM sluice_secret" + old + "), 0))",
            kept)
        .then(sql.update("DELETE FROM event_journal" + journals, kept, others))
        .then(sql.update("DELETE FROM snapshot" + journals, kept, others))
        .then(sql.update(
            "DELETE FROM sluice_alert WHERE tenant IN " + gone.formatted("name"), kept, others))
        .then(sql.update(
            "DELETE FROM sluice_top_up WHERE tenant IN " + gone.formatted("name"), kept, others))
        .flatMap(topUps -> topUps == 0 ? Mono.just(0L) : readAnew(sql))
        .then(sql.update("DELETE FROM sluice_secret" + old, kept))
        .then(sql.update("DELETE FROM sluice_key" + old, kept))
        .then(sql.update("DELETE FROM sluice_team" + old, kept))
        .then(sql.update("DELETE FROM sluice_tenant" + old, kept))
        .then(sql.update(
            "DELETE FROM sluice_audit WHERE at < now() - $1 * interval '1 second'",
            retention.toSeconds())));
  }

  /** Top-ups leave no row that says that they have gone: nodes forget them when they read everything. */
  private static Mono<Long> readAnew(Sql sql) {
    return sql.update("UPDATE sluice_tenancy SET changed = changed + 1, swept = changed + 1");
  }

  private static Audit line(Row row) {
    return new Audit(
        number(row, "changed"),
        Objects.requireNonNull(row.get("at", Instant.class)),
        text(row, "who"),
        text(row, "role"),
        text(row, "operation"),
        text(row, "tenant"),
        text(row, "target"),
        text(row, "before"),
        text(row, "after"));
  }
}
