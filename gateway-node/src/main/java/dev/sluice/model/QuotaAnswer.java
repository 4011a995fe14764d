package dev.sluice.model;

import akka.util.ByteString;
import dev.sluice.edge.Arrival;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.TenantTable;
import dev.sluice.model.chat.Json;
import dev.sluice.proxy.HttpDate;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.Refusal;
import dev.sluice.quota.Balance;
import dev.sluice.wire.Field;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How the limits stand that count for a key: its own, those of its team and those of its tenant. */
final class QuotaAnswer implements Arrival.Waiting {
  private final ModelGateway gateway;
  private final Inbound request;
  private final TenantTable.Spender spender;
  private boolean gone;

  QuotaAnswer(ModelGateway gateway, Inbound request, TenantTable.Spender spender) {
    this.gateway = gateway;
    this.request = request;
    this.spender = spender;
  }

  void start() {
    request.arrival().listen(this);
    gateway
        .leases()
        .balances(spender.tenant())
        .whenComplete((balances, failure) ->
            gateway.scope().execute(() -> over(failure == null ? balances : null)));
  }

  private void over(@Nullable List<Balance> balances) {
    if (gone) {
      return;
    }
    if (balances == null) {
      request.refuse(new Refusal.QuotaUnreachable(Duration.ofSeconds(1)));
      return;
    }
    Set<String> own =
        spender.place().limits().stream().map(SpendingTree.Limit::name).collect(Collectors.toSet());
    String limits = balances.stream()
        .filter(balance -> own.contains(balance.name()))
        .map(QuotaAnswer::json)
        .collect(Collectors.joining(","));
    ByteString body = ByteString.fromString(
        "{\"object\":\"quota\",\"tenant\":" + Json.quoted(spender.tenant()) + ",\"key\":"
            + Json.quoted(spender.key()) + ",\"limits\":[" + limits + "]}",
        StandardCharsets.UTF_8);
    request
        .head(200, "OK")
        .field(Field.DATE, HttpDate.now())
        .field(Field.CONTENT_TYPE, "application/json")
        .field(Field.X_REQUEST_ID, request.id());
    request.headEnd(body.size());
    request.send(body);
    request.end();
  }

  private static String json(Balance balance) {
    String resets = balance.resetsInMillis() < 0
        ? "null"
        : Json.quoted(Instant.now().plusMillis(balance.resetsInMillis()).toString());
    return "{\"name\":" + Json.quoted(balance.name()) + ",\"unit\":"
        + Json.quoted(QuotaFields.word(balance.unit())) + ",\"limit\":" + balance.limit()
        + ",\"settled\":" + balance.settled() + ",\"held\":" + balance.held() + ",\"leased\":"
        + balance.leased() + ",\"free\":" + balance.free() + ",\"resetsAt\":" + resets
        + ",\"mode\":" + (balance.observed() ? "\"observe\"" : "\"enforce\"") + "}";
  }

  @Override
  public void clientGone() {
    gone = true;
    request.gone();
  }
}
