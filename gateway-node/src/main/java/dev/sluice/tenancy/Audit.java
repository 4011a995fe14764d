package dev.sluice.tenancy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.state.Sql;
import java.time.Instant;
import reactor.core.publisher.Mono;

/**
 * One line of the audit trail.
 *
 * @param changed number of the change
 * @param target place in the tenant, or the limit
 * @param before as JSON, without secrets; empty if there was nothing
 * @param after likewise
 */
public record Audit(
    long changed,
    Instant at,
    String who,
    String role,
    String operation,
    String tenant,
    String target,
    String before,
    String after) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Mono<Void> note(
      Sql sql, Change change, TenantId id, long number, String before, String after) {
    return note(sql, change, id.tenant(), id.place(), number, before, after);
  }

  static Mono<Void> note(
      Sql sql,
      Change change,
      String tenant,
      String target,
      long number,
      String before,
      String after) {
    return sql.update(
            "INSERT INTO sluice_audit(changed, who, role, operation, tenant, target, before, after)"
                + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            number,
            change.who(),
            change.role(),
            change.operation(),
            tenant,
            target,
            before,
            after)
        .then();
  }

  /** An entry without what is secret: which is none of it, since secrets are no part of it. */
  static String json(KeptEntry entry) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    try {
      json.set("limits", JSON.readTree(entry.limits()));
      if (!entry.jwt().isEmpty()) {
        json.set("jwt", JSON.readTree(entry.jwt()));
      }
    } catch (JsonProcessingException e) {
      json.put("limits", entry.limits());
    }
    if (entry.expires() != 0) {
      json.put("expires", Instant.ofEpochMilli(entry.expires()).toString());
    }
    return json.toString();
  }
}
