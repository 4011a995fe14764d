package dev.sluice.model;

import akka.util.ByteString;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.ModelProvider;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.upstream.Origin;
import dev.sluice.upstream.UpstreamConnection;
import dev.sluice.upstream.UpstreamEvents;
import dev.sluice.upstream.UpstreamFailure;
import dev.sluice.upstream.UpstreamFailure.Kind;
import dev.sluice.upstream.Upstreams;
import dev.sluice.wire.Field;
import dev.sluice.wire.ResponseHead;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A model behind a server that is called over HTTP. Sends no header of the caller's. */
final class HttpTarget implements Target {
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  private final Upstreams upstreams;
  private final ModelProvider provider;
  private final String model;
  private final Duration connectTimeout;
  private final Origin origin;
  private final String authority;
  private final String path;
  private final ProviderApi api;

  HttpTarget(Upstreams upstreams, ModelProvider provider, String model, Duration connectTimeout) {
    this.upstreams = upstreams;
    this.provider = provider;
    this.model = model;
    this.connectTimeout = connectTimeout;
    URI base = URI.create(provider.baseUrl());
    boolean tls = "https".equals(base.getScheme());
    String host = Objects.requireNonNull(base.getHost(), "checked when it was declared")
        .replace("[", "")
        .replace("]", "");
    this.origin = new Origin(
        host, base.getPort() > 0 ? base.getPort() : tls ? HTTPS : HTTP, tls ? host : null);
    this.authority = base.getRawAuthority();
    this.path = base.getRawPath();
    this.api = ProviderApis.of(provider);
  }

  @Override
  public String name() {
    return provider.name() + "/" + model;
  }

  @Override
  public ProviderDialect speaks() {
    return api.conversations();
  }

  @Override
  public long inputBound(Envelope request) {
    return request.inputBound();
  }

  @Override
  public long outputBound(Envelope request, long cap) {
    return cap + request.predictedTokens();
  }

  @Override
  public Plan plan(
      Action.Call call, Question question, long cap, Map<String, String> carried, Losses losses)
      throws UnsayableException {
    Terms terms = new Terms(model, cap, provider.capField(), carried);
    Outgoing own = api.natively(call, question, terms);
    if (own != null) {
      return new Plan(question, own, question.contentType(), cap, null);
    }
    if (!Callers.converses(call)) {
      throw new UnsayableException("model", "the provider of this model has no such call");
    }
    ProviderDialect dialect = api.conversations();
    Outgoing said = dialect.ask(question.conversation(), terms, losses);
    return new Plan(question, said, "application/json", cap, dialect);
  }

  @Override
  public Call start(Plan plan, String requestId, Events events) {
    Answer answer = new Answer(plan, requestId, events);
    upstreams.call(origin, connectTimeout, answer);
    return answer;
  }

  private final class Answer implements Call, UpstreamEvents {
    private final Plan plan;
    private final String requestId;
    private final Events events;
    private @Nullable UpstreamConnection connection;
    private boolean over;

    Answer(Plan plan, String requestId, Events events) {
      this.plan = plan;
      this.requestId = requestId;
      this.events = events;
    }

    @Override
    public void connected(UpstreamConnection opened) {
      connection = opened;
      Duration silence = provider.timeouts().silence();
      var head = opened
          .request("POST", path + plan.outgoing().path(), silence, silence)
          .field(Field.HOST, authority)
          .field(Field.CONTENT_TYPE, plan.contentType())
          .field(
              "Accept",
              plan.question().envelope().stream() ? "text/event-stream" : "application/json")
          .field("User-Agent", "sluice")
          .field(Field.X_REQUEST_ID, requestId);
      plan.outgoing().fields().forEach(head::field);
      if (!provider.credential().isEmpty()) {
        api.credential(provider.credential()).forEach(head::field);
      }
      byte[] body = plan.outgoing().body();
      opened.headEnd(body.length);
      opened.send(ByteString.fromArrayUnsafe(body));
      opened.sent();
    }

    @Override
    public void responseHead(ResponseHead head) {
      if (head.interim() || over) {
        return;
      }
      String type = head.fields().first(Field.CONTENT_TYPE);
      events.targetHead(
          new Head(head.status(), type == null ? "" : type, head.bodyLength(), head.fields()));
    }

    @Override
    public void responseBody(ByteString piece) {
      if (!over) {
        byte[] bytes = piece.toArrayUnsafe();
        events.targetBody(bytes, 0, bytes.length);
      }
    }

    @Override
    public void responseEnd() {
      connection = null;
      if (!over) {
        over = true;
        events.targetEnd();
      }
    }

    @Override
    public void upstreamDrained() {}

    @Override
    public void failed(UpstreamFailure failure) {
      connection = null;
      if (!over) {
        over = true;
        Kind kind = failure.kind();
        boolean nothingSent =
            kind == Kind.UNREACHABLE || kind == Kind.CONNECT_TIMEOUT || kind == Kind.OVERLOADED;
        events.targetFailed(
            nothingSent, kind == Kind.CONNECT_TIMEOUT || kind == Kind.SILENT, failure.why());
      }
    }

    @Override
    public void cancel() {
      over = true;
      if (connection != null) {
        connection.cancel();
      } else {
        upstreams.cancel(origin, this);
      }
    }

    @Override
    public void pause() {
      if (connection != null) {
        connection.pause();
      }
    }

    @Override
    public void resume() {
      if (connection != null) {
        connection.resume();
      }
    }
  }
}
