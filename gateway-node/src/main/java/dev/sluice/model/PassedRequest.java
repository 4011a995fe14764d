package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.proxy.Inbound;
import dev.sluice.wire.Field;
import dev.sluice.wire.Fields;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.RequestHead;
import dev.sluice.wire.ResponseHead;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A request that is passed through, as its provider gets it: its own path, and of the caller's head only what belongs to the API. */
final class PassedRequest {
  static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

  private static final Set<String> ASKED = Set.of(
      "accept",
      "accept-language",
      "anthropic-beta",
      "anthropic-version",
      "content-encoding",
      "content-type",
      "idempotency-key",
      "openai-beta",
      "range",
      "sec-websocket-extensions",
      "sec-websocket-key",
      "sec-websocket-version");
  private static final Set<String> ANSWERED = Set.of(
      "accept-ranges",
      "cache-control",
      "content-disposition",
      "content-encoding",
      "content-range",
      "content-type",
      "etag",
      "last-modified",
      "retry-after",
      "retry-after-ms",
      "sec-websocket-accept",
      "sec-websocket-extensions",
      "sec-websocket-protocol",
      "upgrade");

  /** Where callers of some APIs put their key. */
  private static final Set<String> KEYS =
      Set.of("key", "$key", "api_key", "api-key", "access_token", "token");

  private static final String PROTOCOLS = "sec-websocket-protocol";
  /** How browsers send a key to OpenAI's realtime API. */
  private static final String KEY_PROTOCOL = "openai-insecure-api-key.";

  private PassedRequest() {}

  /** The target of the request, behind the provider's base URL. */
  static String target(Inbound request, Action.Pass pass) {
    String behind = request.path().substring(pass.strips().length());
    return pass.adds() + encoded(behind) + query(request.arrival().head().target());
  }

  private static String encoded(String path) {
    try {
      return path.isEmpty() ? "" : new URI(null, null, path, null).toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("a path that begins with a slash is one", e);
    }
  }

  /** As it came, but for what may be a key. */
  static String query(String target) {
    List<String> kept = new ArrayList<>();
    for (String pair : pairs(target)) {
      if (!KEYS.contains(decoded(name(pair)).toLowerCase(Locale.ROOT))) {
        kept.add(pair);
      }
    }
    return kept.isEmpty() ? "" : "?" + String.join("&", kept);
  }

  /** Those that a query names, as realtime does. */
  static List<String> models(String target) {
    List<String> models = new ArrayList<>();
    for (String pair : pairs(target)) {
      String name = name(pair);
      if (decoded(name).equals("model")) {
        models.add(decoded(pair.substring(Math.min(pair.length(), name.length() + 1))));
      }
    }
    return models;
  }

  private static List<String> pairs(String target) {
    int mark = target.indexOf('?');
    return mark < 0 ? List.of() : List.of(target.substring(mark + 1).split("&", -1));
  }

  private static String name(String pair) {
    int equals = pair.indexOf('=');
    return equals < 0 ? pair : pair.substring(0, equals);
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  /** Whether the connection shall become another protocol's. */
  static boolean upgrades(RequestHead head) {
    return head.asksUpgrade() && !head.hasBody() && !head.fields().lists(Field.UPGRADE, "h2c");
  }

  static void writeFields(RequestHead head, HeadSink out) {
    Fields fields = head.fields();
    boolean upgrades = upgrades(head);
    for (int i = 0; i < fields.count(); i++) {
      String name = fields.name(i).toLowerCase(Locale.ROOT);
      if (ASKED.contains(name)) {
        out.field(fields, i);
      } else if (name.equals(PROTOCOLS)) {
        String kept = protocols(fields.value(i));
        if (!kept.isEmpty()) {
          out.field(PROTOCOLS, kept);
        }
      }
    }
    if (upgrades) {
      out.field(Field.CONNECTION, "upgrade").field(fields, fields.indexOf(Field.UPGRADE));
    }
  }

  /** That a browser sends among the protocols it offers, since it can't send fields; empty if there is none. */
  static String key(String offered) {
    for (String one : offered.split(",", -1)) {
      if (one.strip().startsWith(KEY_PROTOCOL)) {
        return one.strip().substring(KEY_PROTOCOL.length());
      }
    }
    return "";
  }

  private static String protocols(String offered) {
    List<String> kept = new ArrayList<>();
    for (String one : offered.split(",", -1)) {
      if (!one.isBlank() && !one.strip().startsWith(KEY_PROTOCOL)) {
        kept.add(one.strip());
      }
    }
    return String.join(", ", kept);
  }

  static void writeFields(ResponseHead answer, HeadSink out) {
    Fields fields = answer.fields();
    for (int i = 0; i < fields.count(); i++) {
      if (ANSWERED.contains(fields.name(i).toLowerCase(Locale.ROOT))) {
        out.field(fields, i);
      }
    }
    if (answer.status() == 101) {
      out.field(Field.CONNECTION, "upgrade");
    }
  }
}
