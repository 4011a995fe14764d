package dev.sluice.model;

import akka.util.ByteString;
import dev.sluice.model.cache.KeptAnswer;
import dev.sluice.proxy.HttpDate;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.Refusals;
import dev.sluice.quota.Amounts;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Chunks;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadSink;
import java.util.concurrent.TimeUnit;

/** An answer that is told again out of the cache: one that came as it was made goes so too, as fast as its caller reads. */
final class ToldAgain {
  private static final int STATUS = 200;
  private static final int PIECE_BYTES = 16 * 1024;

  private final ModelCall whole;
  private final ModelRequest asked;
  private final Inbound request;
  private final CallQuota quota;
  private final KeptAnswer kept;
  private boolean chunked;
  private int sent;

  ToldAgain(ModelCall whole, ModelRequest asked, CallQuota quota, KeptAnswer kept) {
    this.whole = whole;
    this.asked = asked;
    this.request = asked.inbound();
    this.quota = quota;
    this.kept = kept;
  }

  void start() {
    request.upstream(kept.head().target());
    asked.gateway().log().saved(asked.spender().tenant(), kept.head().target(), kept.saved());
    HeadSink out = request.head(STATUS, Refusals.reason(STATUS));
    out.field(Field.DATE, HttpDate.now())
        .field(Field.X_REQUEST_ID, request.id())
        .field("x-sluice-target", kept.head().target())
        .field("x-sluice-cache", whole.cache().word())
        .field("age", Long.toString(ageSeconds()));
    tell(out, "content-type", kept.head().contentType());
    tell(out, "x-sluice-model", whole.otherModel());
    tell(out, "x-sluice-output-cap", kept.head().outputCap());
    tell(out, "x-sluice-dropped", kept.head().dropped());
    quota.tell(out);
    // It counts as one request, and uses nothing: no hold waits for a caller who reads slowly.
    quota.settle(Amounts.ofRequest(0, 0, 0));
    chunked = kept.streamed() && request.arrival().head().http11();
    request.headEnd(
        chunked
            ? BodyLength.CHUNKED
            : kept.streamed() ? BodyLength.UNTIL_CLOSE : kept.body().length);
    resume();
  }

  private long ageSeconds() {
    long nanos = asked.gateway().answers().nowNanos() - kept.atNanos();
    return TimeUnit.NANOSECONDS.toSeconds(Math.max(0, nanos));
  }

  private static void tell(HeadSink out, String field, String value) {
    if (!value.isEmpty()) {
      out.field(field, value);
    }
  }

  /** The caller has taken all that was sent. */
  void resume() {
    byte[] body = kept.body();
    while (!whole.over() && sent < body.length) {
      if (request.arrival().unsent() > asked.gateway().settings().unsentBytes()) {
        return;
      }
      int to = Math.min(body.length, sent + PIECE_BYTES);
      int from = sent;
      sent = to;
      request.send(
          chunked
              ? Chunks.chunk(body, from, to)
              : ByteString.fromArrayUnsafe(body, from, to - from));
    }
    if (!whole.over() && sent == body.length) {
      end();
    }
  }

  private void end() {
    whole.finish();
    if (chunked) {
      request.send(Chunks.LAST);
    }
    request.end();
  }
}
