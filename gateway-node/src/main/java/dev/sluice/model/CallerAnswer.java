package dev.sluice.model;

import akka.util.ByteString;
import dev.sluice.model.cache.KeptAnswer;
import dev.sluice.model.cache.Recording;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.proxy.HttpDate;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.Refusals;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Chunks;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadSink;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What goes to the caller of one attempt's answer. It may be held, head and all, while another target could still be asked;
 * from the first byte on it can't be taken back.
 */
final class CallerAnswer {
  /**
   * @param retryAfter of the provider, or empty
   * @param length of the body, or below 0
   */
  private record Head(int status, String contentType, String retryAfter, long length) {}

  private final Inbound request;
  private final Attempts.Ready from;
  private final CallQuota quota;
  private final String tried;
  private final String queued;
  private final String otherModel;
  private final CallCache cache;
  private final @Nullable Recording recording;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private @Nullable Head heldHead;
  private boolean holding;
  private boolean chunked;

  /**
   * @param tried who was asked before; empty if nobody was
   * @param queued its position in a queue, when it came; empty if it did not wait
   * @param otherModel that answers instead of the one that was asked for; else empty
   */
  CallerAnswer(
      Inbound request,
      Attempts.Ready from,
      CallQuota quota,
      CallCache cache,
      String tried,
      String queued,
      String otherModel) {
    this.request = request;
    this.from = from;
    this.quota = quota;
    this.cache = cache;
    this.recording = cache.recording();
    this.tried = tried;
    this.queued = queued;
    this.otherModel = otherModel;
  }

  /** Nothing goes out before {@link #commit}. */
  void hold() {
    holding = true;
  }

  boolean holds() {
    return holding;
  }

  byte[] held() {
    return held.toByteArray();
  }

  int heldBytes() {
    return held.size();
  }

  /** What is held goes out, as all that comes. */
  void commit() {
    if (!holding) {
      return;
    }
    holding = false;
    Head head = heldHead;
    if (head != null) {
      write(head);
      byte[] bytes = held.toByteArray();
      held.reset();
      send(bytes, 0, bytes.length);
    }
  }

  /** @param length bytes of the body, or below 0 if they are not known */
  void head(int status, String contentType, String retryAfter, long length) {
    Head head = new Head(status, contentType, retryAfter, length);
    if (holding) {
      heldHead = head;
    } else {
      write(head);
    }
  }

  private void write(Head head) {
    HeadSink out = request.head(head.status(), Refusals.reason(head.status()));
    out.field(Field.DATE, HttpDate.now())
        .field(Field.X_REQUEST_ID, request.id())
        .field("x-sluice-target", from.target().name());
    tell(out, Field.CONTENT_TYPE, head.contentType());
    tell(out, Field.RETRY_AFTER, head.retryAfter());
    tell(out, "x-sluice-tried", tried);
    tell(out, Place.POSITION, queued);
    tell(out, "x-sluice-model", otherModel);
    tell(out, "x-sluice-output-cap", from.cutCap());
    tell(out, "x-sluice-dropped", String.join(", ", from.losses().dropped()));
    tell(out, "x-sluice-cache", cache.word());
    quota.tell(out);
    if (recording != null) {
      recording.begin(
          head.status(),
          new KeptAnswer.Head(
              head.contentType(),
              from.target().name(),
              from.cutCap(),
              String.join(", ", from.losses().dropped())));
    }
    long length = head.length();
    chunked = length < 0 && request.arrival().head().http11();
    request.headEnd(chunked ? BodyLength.CHUNKED : length < 0 ? BodyLength.UNTIL_CLOSE : length);
  }

  private static void tell(HeadSink out, Field field, String value) {
    if (!value.isEmpty()) {
      out.field(field, value);
    }
  }

  private static void tell(HeadSink out, String field, String value) {
    if (!value.isEmpty()) {
      out.field(field, value);
    }
  }

  void send(byte[] bytes, int from, int to) {
    if (from == to) {
      return;
    }
    if (holding) {
      held.write(bytes, from, to - from);
      return;
    }
    if (recording != null) {
      recording.take(bytes, from, to);
    }
    request.send(
        chunked
            ? Chunks.chunk(bytes, from, to)
            : ByteString.fromArrayUnsafe(bytes, from, to - from));
  }

  /** It is no whole answer, so that nobody else may get it. */
  void forget() {
    if (recording != null) {
      recording.giveUp();
    }
  }

  /**
   * The answer is whole, and may be told to others.
   *
   * @param used what it has used, as far as that is known
   */
  void keep(boolean streamed, TokenUsage used) {
    if (recording != null) {
      recording.end(streamed, used);
    }
  }

  /** Nothing more comes. */
  void end() {
    if (chunked) {
      request.send(Chunks.LAST);
    }
    request.end();
  }
}
