package dev.sluice.proxy;

import akka.util.ByteString;
import dev.sluice.ingress.Filter;
import dev.sluice.ingress.Timeouts;
import dev.sluice.upstream.UpstreamConnection;
import dev.sluice.upstream.UpstreamEvents;
import dev.sluice.upstream.UpstreamFailure;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.RequestHead;
import dev.sluice.wire.ResponseHead;
import org.jspecify.annotations.Nullable;

/** A copy of a request on its way somewhere else. Whatever becomes of it, the request itself is not touched. */
final class MirrorCall implements UpstreamEvents {
  /** On each copy: one that comes back to a gateway is not copied again. */
  static final String MARK = "X-Sluice-Mirrored";

  /** A copy that lags behind by more than this is given up. */
  private static final int MOST_WAITING_BYTES = 4 << 20;

  private final Inbound request;
  private final Filter.Mirror mirror;
  private final ProxyScope scope;
  private final RequestHead head;
  private ByteString waiting = ByteString.emptyByteString();
  private @Nullable UpstreamConnection upstream;
  private String target = "/";
  private String host = "";
  private boolean whole;
  private boolean over;

  MirrorCall(Inbound request, Filter.Mirror mirror, ProxyScope scope) {
    this.request = request;
    this.mirror = mirror;
    this.scope = scope;
    this.head = request.arrival().head();
  }

  void start() {
    try {
      Destination to = Destination.of(Variables.url(mirror.url(), request));
      target = to.target();
      host = mirror.host().isEmpty() ? to.host() : mirror.host();
      scope.upstreams().call(to.origin(), Timeouts.DEFAULT.connect(), this);
    } catch (IllegalArgumentException e) {
      over = true;
    }
  }

  private boolean copiesBody() {
    return mirror.body() && head.hasBody();
  }

  /** A piece of the request's body, as it came. */
  void body(ByteString piece) {
    if (over || !copiesBody()) {
      return;
    }
    UpstreamConnection to = upstream;
    if (to == null) {
      waiting = waiting.concat(piece);
    } else {
      to.send(piece);
    }
    if (waiting.size() > MOST_WAITING_BYTES || to != null && to.unsent() > MOST_WAITING_BYTES) {
      giveUp();
    }
  }

  /** The body is over. */
  void end() {
    whole = true;
    if (upstream != null && !over && copiesBody()) {
      upstream.sent();
    }
  }

  /** There will be no more of the body. */
  void cut() {
    if (!whole && copiesBody()) {
      giveUp();
    }
  }

  private void giveUp() {
    over = true;
    if (upstream != null) {
      upstream.cancel();
      upstream = null;
    }
  }

  @Override
  public void connected(UpstreamConnection connection) {
    if (over) {
      connection.cancel();
      return;
    }
    upstream = connection;
    HeadSink out =
        connection.request(head.method(), target, Timeouts.DEFAULT.read(), Timeouts.DEFAULT.send());
    out.field(Field.HOST, host);
    ForwardedFields.copy(request, scope.settings(), out);
    out.field(MARK, "1");
    connection.headEnd(copiesBody() ? head.bodyLength() : 0);
    if (copiesBody()) {
      if (!waiting.isEmpty()) {
        connection.send(waiting);
        waiting = ByteString.emptyByteString();
      }
      if (whole || head.bodyLength() != BodyLength.CHUNKED && head.bodyLength() == 0) {
        connection.sent();
      }
    }
  }

  @Override
  public void responseHead(ResponseHead answer) {}

  @Override
  public void responseBody(ByteString piece) {}

  @Override
  public void responseEnd() {
    upstream = null;
    over = true;
  }

  @Override
  public void upstreamDrained() {}

  @Override
  public void failed(UpstreamFailure failure) {
    upstream = null;
    over = true;
  }
}
