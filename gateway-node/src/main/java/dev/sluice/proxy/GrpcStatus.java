package dev.sluice.proxy;

import dev.sluice.edge.Arrival;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadSink;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What callers of gRPC say and expect beyond HTTP. Their libraries read a status out of fields and nothing else. */
final class GrpcStatus {
  private static final String CONTENT_TYPE = "application/grpc";
  private static final int UNKNOWN = 2;
  private static final int INVALID_ARGUMENT = 3;
  private static final int DEADLINE_EXCEEDED = 4;
  private static final int PERMISSION_DENIED = 7;
  private static final int RESOURCE_EXHAUSTED = 8;
  private static final int FAILED_PRECONDITION = 9;
  private static final int UNIMPLEMENTED = 12;
  private static final int UNAVAILABLE = 14;
  private static final int UNAUTHENTICATED = 16;
  private static final int MOST_TIMEOUT_DIGITS = 8;

  private GrpcStatus() {}

  /** Whether a request is a call of gRPC; gRPC-Web is none. */
  static boolean isSpoken(Arrival arrival) {
    String type = arrival.head().fields().first(Field.CONTENT_TYPE);
    return type != null
        && type.startsWith(CONTENT_TYPE)
        && (type.length() == CONTENT_TYPE.length()
            || type.charAt(CONTENT_TYPE.length()) == '+'
            || type.charAt(CONTENT_TYPE.length()) == ';');
  }

  /** How long the caller waits, as its grpc-timeout says; 0 if it says nothing that can be read. */
  static long timeoutNanos(Inbound request) {
    return nanosOf(request.header("grpc-timeout"));
  }

  /** Up to eight digits and a unit: H, M, S, m, u or n. */
  static long nanosOf(@Nullable String timeout) {
    int digits = timeout == null ? 0 : timeout.length() - 1;
    if (timeout == null || digits < 1 || digits > MOST_TIMEOUT_DIGITS) {
      return 0;
    }
    long amount = 0;
    for (int i = 0; i < digits; i++) {
      char c = timeout.charAt(i);
      if (c < '0' || c > '9') {
        return 0;
      }
      amount = amount * 10 + c - '0';
    }
    TimeUnit unit = switch (timeout.charAt(digits)) {
      case 'H' -> TimeUnit.HOURS;
      case 'M' -> TimeUnit.MINUTES;
      case 'S' -> TimeUnit.SECONDS;
      case 'm' -> TimeUnit.MILLISECONDS;
      case 'u' -> TimeUnit.MICROSECONDS;
      case 'n' -> TimeUnit.NANOSECONDS;
      default -> null;
    };
    return unit == null ? 0 : Math.max(1, unit.toNanos(amount));
  }

  /** Answers with a refusal in fields alone. */
  static void answer(Inbound request, Refusal refusal, Consumer<HeadSink> fields) {
    HeadSink head = request.head(200, "OK");
    head.field(Field.DATE, HttpDate.now())
        .field(Field.CONTENT_TYPE, CONTENT_TYPE)
        .field("grpc-status", Integer.toString(of(refusal.status())))
        .field("grpc-message", escaped(refusal.message()))
        .field(Field.X_REQUEST_ID, request.id());
    Long retryAfter = refusal.retryAfterSeconds();
    if (retryAfter != null) {
      head.field(Field.RETRY_AFTER, retryAfter.toString());
    }
    fields.accept(head);
    request.headEnd(0);
    request.end();
  }

  /** The status of gRPC that says best what a status of HTTP would have said. */
  static int of(int http) {
    return switch (http) {
      case 400 -> INVALID_ARGUMENT;
      case 401 -> UNAUTHENTICATED;
      case 403 -> PERMISSION_DENIED;
      case 404, 405 -> UNIMPLEMENTED;
      case 301, 302, 303, 307, 308 -> FAILED_PRECONDITION;
      case 413, 429 -> RESOURCE_EXHAUSTED;
      case 502, 503 -> UNAVAILABLE;
      case 408, 504 -> DEADLINE_EXCEEDED;
      default -> UNKNOWN;
    };
  }

  /** As gRPC writes messages: all but visible ASCII, and the percent sign itself, in escapes. */
  static String escaped(String message) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b <= '~' && b != '%') {
        escaped.append((char) b);
      } else {
        escaped
            .append('%')
            .append(Character.toUpperCase(Character.forDigit(b >> 4 & 15, 16)))
            .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
      }
    }
    return escaped.toString();
  }
}
