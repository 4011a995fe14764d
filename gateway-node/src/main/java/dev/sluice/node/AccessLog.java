package dev.sluice.node;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.sluice.edge.PassedOn;
import dev.sluice.ingress.Route;
import dev.sluice.proxy.Inbound;
import dev.sluice.wire.RequestHead;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line of JSON for each request, and for each connection that was passed on as it is. Queries are left out, because keys travel in them; so are all header fields. The
 * logger writes in the background and drops lines rather than hold a worker up.
 */
final class AccessLog {
  private static final Logger LOG = LoggerFactory.getLogger("sluice.access");

  void write(Inbound request) {
    if (!LOG.isInfoEnabled()) {
      return;
    }
    RequestHead head = request.arrival().head();
    Route route = request.route();
    StringBuilder line = new StringBuilder(384);
    line.append("{\"time\":\"").append(Instant.now()).append('"');
    text(line, "id", request.id());
    text(line, "client", request.arrival().client().getAddress().getHostAddress());
    text(line, "method", head.method());
    text(line, "host", head.host());
    text(line, "path", request.path());
    number(line, "status", request.status());
    number(line, "bytes", request.sentBytes());
    number(line, "micros", (System.nanoTime() - request.arrivedNanos()) / 1_000);
    text(line, "route", route == null ? null : route.declaredBy().toString());
    text(line, "upstream", request.upstream());
    if (request.tenant() != null) {
      text(line, "tenant", request.tenant());
      text(line, "key", request.key());
      number(line, "input_tokens", request.inputTokens());
      number(line, "output_tokens", request.outputTokens());
    }
    text(line, "note", request.note());
    LOG.info(line.append('}').toString());
  }

  void write(PassedOn passed) {
    if (!LOG.isInfoEnabled()) {
      return;
    }
    StringBuilder line = new StringBuilder(256);
    line.append("{\"time\":\"").append(Instant.now()).append('"');
    text(line, "client", passed.client().getAddress().getHostAddress());
    text(line, "protocol", passed.protocol());
    text(line, "stream", passed.name());
    number(line, "port", passed.port());
    text(line, "host", passed.host().isEmpty() ? null : passed.host());
    number(line, "status", passed.status());
    number(line, "received", passed.receivedBytes());
    number(line, "bytes", passed.sentBytes());
    number(line, "micros", passed.nanos() / 1_000);
    InetSocketAddress endpoint = passed.endpoint();
    text(
        line,
        "upstream",
        endpoint == null ? null : endpoint.getHostString() + ":" + endpoint.getPort());
    text(line, "note", passed.note());
    LOG.info(line.append('}').toString());
  }

  private static void text(StringBuilder line, String name, @Nullable String value) {
    if (value != null) {
      line.append(",\"").append(name).append("\":\"");
      if (isPlain(value)) {
        line.append(value);
      } else {
        JsonStringEncoder.getInstance().quoteAsString(value, line);
      }
      line.append('"');
    }
  }

  /** Whether it stands in JSON as it is. */
  private static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private static void number(StringBuilder line, String name, long value) {
    line.append(",\"").append(name).append("\":").append(value);
  }
}
