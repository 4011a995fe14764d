package dev.sluice.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.traffic.Http;
import java.io.IOException;

/**
 * What the admin API says of a tenant's one limit, in tokens.
 *
 * @param settled used, as reported
 * @param leased in advance by nodes, dead ones too
 * @param unaccounted part of {@code leased} whose node died before it reported
 */
public record Account(
    long limit, long settled, long held, long leased, long unaccounted, long free) {

  /** Reads it through node {@code number}. */
  public static Account of(Installation sluice, int number, String tenant)
      throws IOException, InterruptedException {
    Http.Answer answer = sluice.admin(number, "tenants/" + tenant + "/balances");
    if (answer.status() != 200) {
      throw new IOException(answer.toString());
    }
    JsonNode one = answer.json().get(0);
    return new Account(
        one.get("limit").asLong(),
        one.get("settled").asLong(),
        one.get("held").asLong(),
        one.get("leased").asLong(),
        one.get("unaccounted").asLong(),
        one.get("free").asLong());
  }

  /** Tokens that nobody else can have any more. */
  public long charged() {
    return settled + held + leased;
  }
}
