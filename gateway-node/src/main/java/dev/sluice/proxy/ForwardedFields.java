package dev.sluice.proxy;

import dev.sluice.ingress.Forwarding;
import dev.sluice.ingress.Relay;
import dev.sluice.wire.Field;
import dev.sluice.wire.Fields;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.RequestHead;
import dev.sluice.wire.ResponseHead;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Which header fields pass through, and which are ours. Fields of one connection (RFC 9110, section 7.6.1) end here;
 * X-Forwarded-* say what we saw, whatever the client claims; all else passes byte for byte.
 */
final class ForwardedFields {
  private static final String[] OURS = {
    "ssl-client-verify", "ssl-client-subject-dn", "ssl-client-issuer-dn", "ssl-client-cert"
  };

  private ForwardedFields() {}

  /** Writes the fields of a request for its upstream. */
  static void request(Inbound request, ProxySettings settings, Relay relay, HeadSink out) {
    RequestHead head = request.arrival().head();
    Fields fields = head.fields();
    Map<String, String> set = request.upstreamFields();
    if (!relay.host().isEmpty()) {
      out.field(Field.HOST, relay.host());
    } else if (!head.authority().isEmpty()) {
      out.field(Field.HOST, request.authority());
    } else {
      out.field(Field.HOST, "");
    }
    passing(fields, request.forwarding(), i -> {
      boolean hidden = fields.known(i) == Field.AUTHORIZATION && relay.hidesAuthorization();
      if (!hidden && (set.isEmpty() || !set.containsKey(fields.name(i)))) {
        out.field(fields, i);
      }
    });
    set.forEach((name, value) -> {
      if (!value.isEmpty()) {
        out.field(name, value);
      }
    });
    if (!relay.forwardedPrefix().isEmpty()) {
      out.field("X-Forwarded-Prefix", relay.forwardedPrefix());
    }
    origin(request, settings, set.isEmpty() ? out : new Unset(out, set));
    if (!relay.connection().isEmpty() && !relay.protocol().http2()) {
      out.field(Field.CONNECTION, relay.connection());
      return;
    }
    boolean upgrades = upgrades(head);
    if (fields.lists(Field.TE, "trailers") || relay.protocol().http2()) {
      out.field(Field.TE, "trailers");
      if (!upgrades) {
        out.field(Field.CONNECTION, "TE");
      }
    }
    if (upgrades) {
      out.field(Field.CONNECTION, "upgrade").field(fields, fields.indexOf(Field.UPGRADE));
    }
  }

  /** Writes the fields that a service is asked by whether a request may pass. */
  static void question(Inbound request, Map<String, String> more, HeadSink out) {
    Fields fields = request.arrival().head().fields();
    passing(fields, request.forwarding(), i -> {
      if (!more.containsKey(fields.name(i))) {
        out.field(fields, i);
      }
    });
    String client = request.clientAddress().getHostAddress();
    out.field(Field.X_REQUEST_ID, request.id())
        .field(Field.X_REAL_IP, client)
        .field(Field.X_FORWARDED_FOR, client);
    request.clientFields().forEach(out::field);
    more.forEach(out::field);
  }

  /** Writes the fields of a copy of a request. */
  static void copy(Inbound request, ProxySettings settings, HeadSink out) {
    Fields fields = request.arrival().head().fields();
    passing(fields, request.forwarding(), i -> out.field(fields, i));
    origin(request, settings, out);
  }

  /** Who asked, by which way. */
  private static void origin(Inbound request, ProxySettings settings, HeadSink out) {
    Fields fields = request.arrival().head().fields();
    request.clientFields().forEach(out::field);
    String scheme = request.scheme();
    String client = request.clientAddress().getHostAddress();
    if (!request.authority().isEmpty()) {
      out.field(Field.X_FORWARDED_HOST, request.authority());
    }
    Forwarding forwarding = request.forwarding();
    if (forwarding.requestIds()) {
      out.field(Field.X_REQUEST_ID, request.id());
    }
    if (forwarding.originalUri()) {
      out.field("X-Original-URI", request.arrival().head().target());
    }
    out.field(Field.X_REAL_IP, client)
        .field(Field.X_FORWARDED_FOR, request.forwardedFor())
        .field(Field.X_FORWARDED_PORT, request.port(settings))
        .field(Field.X_FORWARDED_PROTO, scheme)
        .field(Field.X_FORWARDED_SCHEME, scheme)
        .field(Field.X_SCHEME, scheme);
    copyAs(fields, Field.X_FORWARDED_FOR, Field.X_ORIGINAL_FORWARDED_FOR, out);
    copyAs(fields, Field.X_FORWARDED_HOST, Field.X_ORIGINAL_FORWARDED_HOST, out);
  }

  /** Calls with the number of each field that is neither ours nor the connection's. */
  private static void passing(Fields fields, Forwarding forwarding, IntConsumer out) {
    int connection = fields.indexOf(Field.CONNECTION);
    for (int i = 0; i < fields.count(); i++) {
      Field field = fields.known(i);
      if (field == null
          ? fields.nameIsPlain(i, forwarding.underscores(), forwarding.oddNames())
              && !named(fields, connection, i)
              && !isOurs(fields, i)
          : passes(field, fields, connection, i)) {
        out.accept(i);
      }
    }
  }

  /** Writes the fields of an upstream's answer for the client. */
  static void response(
      Inbound request, ResponseHead head, boolean keepLength, AnswerFields answers, HeadSink out) {
    Fields fields = head.fields();
    int connection = fields.indexOf(Field.CONNECTION);
    for (int i = 0; i < fields.count(); i++) {
      Field field = fields.known(i);
      boolean ours = field == null
          ? named(fields, connection, i)
          : switch (field) {
            case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING -> true;
            case UPGRADE -> head.status() != 101;
            case CONTENT_LENGTH -> !keepLength;
            default -> false;
          };
      if (!ours && !request.replaces(fields, i) && !answers.rewrites(fields, i, out)) {
        out.field(fields, i);
      }
    }
    if (head.status() == 101) {
      out.field(Field.CONNECTION, "upgrade");
    }
  }

  /** Whether the connection shall become another protocol's. HTTP/2 by upgrade is not offered. */
  static boolean upgrades(RequestHead head) {
    return head.asksUpgrade() && !head.hasBody() && !head.fields().lists(Field.UPGRADE, "h2c");
  }

  private static boolean passes(Field field, Fields fields, int connection, int i) {
    return switch (field) {
      case CONNECTION,
          CONTENT_LENGTH,
          HOST,
          KEEP_ALIVE,
          PROXY,
          PROXY_AUTHENTICATE,
          PROXY_AUTHORIZATION,
          PROXY_CONNECTION,
          TRANSFER_ENCODING,
          TE,
          UPGRADE,
          X_FORWARDED_FOR,
          X_FORWARDED_HOST,
          X_FORWARDED_PORT,
          X_FORWARDED_PROTO,
          X_FORWARDED_SCHEME,
          X_ORIGINAL_FORWARDED_FOR,
          X_ORIGINAL_FORWARDED_HOST,
          X_REAL_IP,
          X_REQUEST_ID,
          X_SCHEME -> false;
      default -> !named(fields, connection, i);
    };
  }

  /** What only the gateway may say of a client's certificate. */
  private static boolean isOurs(Fields fields, int i) {
    for (String name : OURS) {
      if (fields.hasName(i, name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a Connection field names this field, which then belongs to that connection only.
   *
   * @param connection number of the first Connection field, or -1
   */
  private static boolean named(Fields fields, int connection, int i) {
    if (connection < 0) {
      return false;
    }
    for (int k = connection; k < fields.count(); k++) {
      if (fields.known(k) == Field.CONNECTION && fields.connectionNames(k, i)) {
        return true;
      }
    }
    return false;
  }

  private static void copyAs(Fields fields, Field from, Field as, HeadSink out) {
    String value = fields.first(from);
    if (value != null && !value.isEmpty()) {
      out.field(as, value);
    }
  }
}
