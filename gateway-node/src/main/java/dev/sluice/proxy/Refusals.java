package dev.sluice.proxy;

import akka.util.ByteString;
import dev.sluice.edge.Reply;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.Malformed;
import dev.sluice.wire.Reasons;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** The one place where a refusal becomes an answer. */
public final class Refusals {
  /** Adds nothing. */
  static final Consumer<HeadSink> NO_FIELDS = head -> {};

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
    if (request.dialect() == Dialect.GRPC) {
      GrpcStatus.answer(request, refusal, fields);
      return;
    }
    String type = RefusalBodies.type(request.dialect());
    ByteString body = ByteString.fromString(
        RefusalBodies.of(request.dialect(), refusal, request.id()), StandardCharsets.UTF_8);
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
    return Reasons.of(status);
  }
}
