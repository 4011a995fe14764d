package dev.sluice.state;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.Statement;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Statements on one connection. Values go beside the text, never into it: {@code $1}, {@code $2} … */
public final class Sql {
  private static final int ROWS_AT_A_TIME = 1_000;

  private final Connection connection;

  Sql(Connection connection) {
    this.connection = connection;
  }

  /** Rows as they come; in a transaction, no more of them at a time than are taken. */
  public <R> Flux<R> rows(String text, Function<Row, R> reader, Object... values) {
    return Flux.from(statement(text, values).fetchSize(ROWS_AT_A_TIME).execute())
        .concatMap(result -> result.map((row, meta) -> reader.apply(row)));
  }

  /** The first row; empty if there is none. */
  public <R> Mono<R> row(String text, Function<Row, R> reader, Object... values) {
    return rows(text, reader, values)
        .collectList()
        .flatMap(all -> Mono.justOrEmpty(all.stream().findFirst()));
  }

  /** How many rows it has changed. */
  public Mono<Long> update(String text, Object... values) {
    return Flux.from(statement(text, values).execute())
        .concatMap(Result::getRowsUpdated)
        .reduce(0L, Long::sum);
  }

  private Statement statement(String text, Object... values) {
    Statement statement = connection.createStatement(text);
    for (int i = 0; i < values.length; i++) {
      statement.bind(i, values[i]);
    }
    return statement;
  }
}
