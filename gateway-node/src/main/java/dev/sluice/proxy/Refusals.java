package dev.sluice.proxy;

import akka.util.ByteString;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.sluice.edge.Reply;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/** The one place where a refusal becomes an answer. */
public final class Refusals {
  /** Adds nothing. */
  static final Consumer<HeadSink> NO_FIELDS = head -> {};

  private static final Map<Integer, String> REASONS = Map.ofEntries(
      Map.entry(200, "OK"),
      Map.entry(204, "No Content"),
      Map.entry(301, "Moved Permanently"),
      Map.entry(302, "Found"),
      Map.entry(307, "Temporary Redirect"),
      Map.entry(308, "Permanent Redirect"),
      Map.entry(400, "Bad Request"),
      Map.entry(401, "Unauthorized"),
      Map.entry(403, "Forbidden"),
      Map.entry(404, "Not Found"),
      Map.entry(405, "Method Not Allowed"),
      Map.entry(408, "Request Timeout"),
      Map.entry(413, "Content Too Large"),
      Map.entry(414, "URI Too Long"),
      Map.entry(429, "Too Many Requests"),
      Map.entry(431, "Request Header Fields Too Large"),
      Map.entry(500, "Internal Server Error"),
      Map.entry(501, "Not Implemented"),
      Map.entry(502, "Bad Gateway"),
      Map.entry(503, "Service Unavailable"),
      Map.entry(504, "Gateway Timeout"),
      Map.entry(505, "HTTP Version Not Supported"));

  private Refusals() {}

  /** @param fields adds header fields that the refusal itself does not know of */
  public static void answer(Inbound request, Refusal refusal, Consumer<HeadSink> fields) {
    if (request.arrival().headSent()) {
      request.breakOff(refusal.message());
      return;
    }
    if (refusal.status() >= 500 && request.note() == null) {
      request.note(refusal.message());
    }
    request.answersItself();
    boolean openai = request.dialect() == Dialect.OPENAI;
    String type = openai ? "application/json" : "text/plain; charset=utf-8";
    ByteString body =
        ByteString.fromString(openai ? openai(refusal) : plain(refusal), StandardCharsets.UTF_8);
    HeadSink head = request.head(refusal.status(), reason(refusal.status()));
    head.field(Field.DATE, HttpDate.now())
        .field(Field.CONTENT_TYPE, type)
        .field(Field.X_REQUEST_ID, request.id());
    Long retryAfter = refusal.retryAfterSeconds();
    if (retryAfter != null) {
      head.field(Field.RETRY_AFTER, retryAfter.toString());
    }
    if (refusal instanceof Refusal.Redirect redirect) {
      head.field(Field.LOCATION, redirect.location());
    } else if (refusal instanceof Refusal.MethodNotAllowed method) {
      head.field("Allow", method.allowed());
    } else if (refusal instanceof Refusal.AuthenticationRequired required) {
      if (required.challenge() != null) {
        head.field("WWW-Authenticate", required.challenge());
      }
    } else if (refusal instanceof Refusal.Unauthenticated) {
      head.field("WWW-Authenticate", "Bearer");
    }
    fields.accept(head);
    if (refusal instanceof Refusal.Preflight) {
      head.field(Field.CONTENT_LENGTH, "0");
      request.headEnd(BodyLength.NONE);
    } else if (request.method().equals("HEAD")) {
      head.field("Content-Length", Integer.toString(body.size()));
      request.headEnd(BodyLength.NONE);
    } else {
      request.headEnd(body.size());
      request.send(body);
    }
    request.end();
  }

  /** Answers what could not be read as a request. */
  static void answer(Reply reply, Malformed malformed) {
    ByteString body = ByteString.fromString(
        malformed.status() + " " + malformed.reason() + "\n", StandardCharsets.UTF_8);
    reply
        .head(malformed.status(), reason(malformed.status()))
        .field(Field.DATE, HttpDate.now())
        .field(Field.CONTENT_TYPE, "text/plain; charset=utf-8");
    reply.headEnd(body.size());
    reply.send(body);
    reply.end();
  }

  /** The reason phrase of a status that we answer ourselves. */
  public static String reason(int status) {
    return REASONS.getOrDefault(status, "");
  }

  private static String plain(Refusal refusal) {
    return refusal.status() + " " + title(refusal.status()) + ": " + refusal.message() + "\n";
  }

  /** As on the pages of nginx, which people and probes look for. */
  private static String title(int status) {
    return switch (status) {
      case 401 -> "Authorization Required";
      case 503 -> "Service Temporarily Unavailable";
      default -> reason(status);
    };
  }

  private static String openai(Refusal refusal) {
    String param = refusal instanceof Refusal.BadField field
        ? quoted(field.field())
        : refusal instanceof Refusal.NoSuchModel ? quoted("model") : "null";
    return "{\"error\":{\"message\":" + quoted(refusal.message()) + ",\"type\":"
        + quoted(openaiType(refusal)) + ",\"param\":" + param + ",\"code\":"
        + quoted(refusal.code()) + "}}";
  }

  private static String openaiType(Refusal refusal) {
    if (refusal instanceof Refusal.OutOfQuota out) {
      return out.retryAfter() == null ? "insufficient_quota" : "tokens";
    }
    return refusal.status() >= 500 ? "server_error" : "invalid_request_error";
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
