package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.ingress.TenantTable;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.proxy.Inbound;
import dev.sluice.wire.Field;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who asks what on which worker: all of a call that stands before its body is read.
 *
 * @param call what is asked for
 * @param dialect in which it is asked
 */
record ModelRequest(
    ModelGateway gateway,
    Inbound inbound,
    Action.Call call,
    CallerDialect dialect,
    TenantTable.Spender spender) {
  private static final List<String> CARRIED = List.of("anthropic-version", "anthropic-beta");

  /** The normalised path, with the query as it came. */
  String pathAndQuery() {
    String target = inbound.arrival().head().target();
    int mark = target.indexOf('?');
    return mark < 0 ? inbound.path() : inbound.path() + target.substring(mark);
  }

  /** Of the body; empty if it was not sent. */
  String contentType() {
    String type = inbound.arrival().head().fields().first(Field.CONTENT_TYPE);
    return type == null ? "" : type;
  }

  /** What Anthropic's dialect says in the head of a request. */
  Map<String, String> carried() {
    Map<String, String> carried = new HashMap<>();
    if (call == Action.Call.MESSAGES || call == Action.Call.COUNT_TOKENS) {
      for (String name : CARRIED) {
        String value = inbound.arrival().head().fields().first(name);
        if (value != null) {
          carried.put(name, value);
        }
      }
    }
    return carried;
  }
}
