package dev.sluice.tenancy;

import static dev.sluice.tenancy.TenancyFeed.number;
import static dev.sluice.tenancy.TenancyFeed.text;

import dev.sluice.state.Database;
import dev.sluice.state.Sql;
import io.r2dbc.spi.Row;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;

/** What was added to balances: of tenants of manifests too, whose declared amount stays as it is. */
public final class TopUps {
  /** Most that a balance may come to, declared and added. */
  public static final long MOST = 1L << 50;

  /**
   * One of them.
   *
   * @param limit name of the balance, with its place
   * @param amount in its unit; below 0 takes away
   * @param changed number of the change
   */
  public record TopUp(
      String limit, long amount, String idempotencyKey, Instant at, String who, long changed) {}

  private final Database database;

  public TopUps(Database database) {
    this.database = database;
  }

  /** @param after number of the change behind which to begin; 0 for the first */
  public CompletionStage<List<TopUp>> of(String tenant, long after, int most) {
    return database.read(sql -> sql.rows(
            SELECT + " WHERE tenant = $1 AND changed > $2 ORDER BY changed LIMIT $3",
            TopUps::topUp,
            tenant,
            after,
            most)
        .collectList());
  }

  private static final String SELECT =
      "SELECT limit_name, amount, idempotency_key, at, who, changed FROM sluice_top_up";

  /**
   * Adds to a balance, once for each idempotency key: repeated, the first answer is given again.
   *
   * @param declared what the balance has without top-ups
   */
  public CompletionStage<Written<TopUp>> add(
      Change change,
      String tenant,
      String limit,
      long declared,
      long amount,
      String idempotencyKey) {
    return Undone.caught(database.write(sql -> TenancyStore.next(sql)
        .flatMap(number -> find(sql, tenant, idempotencyKey)
            .<Written<TopUp>>flatMap(before -> Mono.error(new Undone(
                before.limit().equals(limit) && before.amount() == amount
                    ? new Written.Done<>(before, before.changed())
                    : new Written.Conflict<>(
                        "this Idempotency-Key was used for another top-up of this tenant"))))
            .switchIfEmpty(Mono.defer(() -> tooMuch(sql, tenant, limit, declared, amount)))
            .switchIfEmpty(Mono.defer(() -> sql.update(
                    "INSERT INTO sluice_top_up(tenant, idempotency_key, limit_name, amount, who, changed)"
                        + " VALUES ($1, $2, $3, $4, $5, $6)",
                    tenant,
                    idempotencyKey,
                    limit,
                    amount,
                    change.who(),
                    number)
                .then(Audit.note(
                    sql, change, tenant, limit, number, "", "{\"amount\":" + amount + "}"))
                .then(find(sql, tenant, idempotencyKey))
                .map(made -> new Written.Done<>(made, number)))))));
  }

  private static Mono<Written<TopUp>> tooMuch(
      Sql sql, String tenant, String limit, long declared, long amount) {
    return sql.row(
            "SELECT COALESCE(sum(amount), 0)::bigint AS n FROM sluice_top_up WHERE tenant = $1 AND limit_name = $2",
            row -> number(row, "n"),
            tenant,
            limit)
        .flatMap(sum -> {
          long would = declared + sum + amount;
          return would >= 0 && would <= MOST
              ? Mono.empty()
              : Mono.error(new Undone(new Written.Conflict<TopUp>(
                  "the balance would come to " + would + " (expected: 0 to " + MOST + ")")));
        });
  }

  private static Mono<TopUp> find(Sql sql, String tenant, String idempotencyKey) {
    return sql.row(
        SELECT + " WHERE tenant = $1 AND idempotency_key = $2",
        TopUps::topUp,
        tenant,
        idempotencyKey);
  }

  private static TopUp topUp(Row row) {
    return new TopUp(
        text(row, "limit_name"),
        number(row, "amount"),
        text(row, "idempotency_key"),
        Objects.requireNonNull(row.get("at", Instant.class)),
        text(row, "who"),
        number(row, "changed"));
  }
}
