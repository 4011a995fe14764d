package dev.sluice.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.traffic.Http;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the admin API says of one limit of a tenant, in its unit.
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
    return all(sluice.admin(number, "tenants/" + tenant + "/balances"))
        .values()
        .iterator()
        .next();
  }

  /**
   * Those of all limits of a tenant, by their names.
   *
   * @throws IOException if that is no answer to such a question
   */
  public static Map<String, Account> all(Http.Answer answer) throws IOException {
    if (answer.status() != 200) {
      throw new IOException(answer.toString());
    }
    Map<String, Account> all = new LinkedHashMap<>();
    for (JsonNode one : answer.json()) {
      all.put(
          one.get("name").asText(),
          new Account(
              one.get("limit").asLong(),
              one.get("settled").asLong(),
              one.get("held").asLong(),
              one.get("leased").asLong(),
              one.get("unaccounted").asLong(),
              one.get("free").asLong()));
    }
    return all;
  }

  /** What nobody else can have any more. */
  public long charged() {
    return settled + held + leased;
  }
}
