package dev.sluice.model;

import akka.util.ByteString;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.DeclaredModelProvider;
import dev.sluice.ingress.ModelProvider;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.count.TokenCount;
import dev.sluice.model.embed.EmbeddingDialect;
import dev.sluice.model.route.TargetIds;
import dev.sluice.upstream.UpstreamConnection;
import dev.sluice.upstream.UpstreamEvents;
import dev.sluice.upstream.UpstreamFailure;
import dev.sluice.upstream.UpstreamFailure.Kind;
import dev.sluice.upstream.Upstreams;
import dev.sluice.wire.Field;
import dev.sluice.wire.ResponseHead;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A model behind a server that is called over HTTP. Sends no header of the caller's. */
final class HttpTarget implements Target {
  private static final String EVENTS = "text/event-stream";
  private static final byte[] NOTHING = {};

  private final Executor worker;
  private final Upstreams upstreams;
  private final ModelProvider provider;
  private final String model;
  private final Duration connectTimeout;
  private final String name;
  private final TargetIds ids;
  private final boolean countsByName;
  private final ProviderAddress address;
  private final ProviderApi api;
  private final TokenCounts counts;

  /** @param worker whose connections these are */
  HttpTarget(
      Executor worker,
      Upstreams upstreams,
      ModelProvider provider,
      ProviderApi api,
      TokenCounts counts,
      String model,
      Duration connectTimeout) {
    this.worker = worker;
    this.upstreams = upstreams;
    this.provider = provider;
    this.api = api;
    this.counts = counts;
    this.model = model;
    this.connectTimeout = connectTimeout;
    this.name = provider.name() + "/" + model;
    this.ids = TargetIds.of(provider, model);
    this.countsByName =
        provider.kind() == DeclaredModelProvider.Kind.OPENAI && TokenCount.knows(model);
    this.address = ProviderAddress.of(provider);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public TargetIds ids() {
    return ids;
  }

  @Override
  public ProviderDialect speaks() {
    return api.conversations(model);
  }

  @Override
  public String model() {
    return model;
  }

  @Override
  public long inputBound(Envelope request) {
    return request.inputBound() + HiddenPrompt.tokens(provider.kind(), model, request);
  }

  @Override
  public boolean countsByName() {
    return countsByName;
  }

  @Override
  public long outputBound(Envelope request, long cap) {
    return cap + request.predictedTokens();
  }

  @Override
  public Plan plan(
      Action.Call call, Question question, long cap, Map<String, String> carried, Losses losses)
      throws UnsayableException {
    Terms terms = new Terms(model, cap, provider.capField(), carried, api.asksUsage());
    Outgoing own = api.natively(call, question, terms);
    if (own != null) {
      return plan(question, own, cap, null, api.errors(call, model), api.untold(call, model));
    }
    Conversation counted = LocalCount.asked(call, question);
    if (counted != null) {
      return Plan.counting(question, counted);
    }
    EmbeddingDialect embeddings = api.embeddings(model);
    Embedder embedder = embeddings == null ? null : Embeddings.of(call, question, embeddings);
    ProviderDialect dialect = api.conversations(model);
    if (embedder != null) {
      Outgoing said = embedder.provider().ask(embedder.asked(), terms, losses);
      return plan(question, said, cap, embedder, dialect, null);
    }
    if (!Callers.converses(call)) {
      throw new UnsayableException("model", "the provider of this model has no such call");
    }
    Outgoing said = dialect.ask(question.conversation(), terms, losses);
    return plan(question, said, cap, new Interpreter(dialect), dialect, api.untold(call, model));
  }

  private static Plan plan(
      Question question,
      Outgoing outgoing,
      long cap,
      @Nullable Translation translation,
      @Nullable ProviderDialect errors,
      @Nullable ProviderDialect untold) {
    String type = translation == null ? question.contentType() : "application/json";
    return new Plan(question, outgoing, type, cap, translation, errors, untold, null);
  }

  @Override
  public Call start(Plan plan, String requestId, Events events) {
    Conversation counted = plan.counted();
    if (counted != null) {
      LocalCount count = new LocalCount(plan.question(), events);
      counts
          .count(() -> TokenCount.of(model, counted).tokens())
          .whenComplete((tokens, failure) -> worker.execute(() -> count.told(tokens, failure)));
      return count;
    }
    Answer answer = new Answer(plan, requestId, events);
    answer.begin();
    return answer;
  }

  private final class Answer implements Call, UpstreamEvents {
    private final Plan plan;
    private final String requestId;
    private final Events events;
    private Map<String, String> proof = Map.of();
    private @Nullable UpstreamConnection connection;
    private @Nullable UnaryOperator<byte[]> unwrapped;
    private @Nullable SecretMask mask;
    private boolean over;

    Answer(Plan plan, String requestId, Events events) {
      this.plan = plan;
      this.requestId = requestId;
      this.events = events;
    }

    void begin() {
      if (provider.credential().isEmpty()) {
        upstreams.call(address.origin(), connectTimeout, this);
        return;
      }
      CompletableFuture<String> told = api.proof(provider.credential()).toCompletableFuture();
      if (told.isDone()) {
        told.whenComplete(this::proven);
      } else {
        told.whenComplete((token, failure) -> worker.execute(() -> proven(token, failure)));
      }
    }

    private void proven(@Nullable String token, @Nullable Throwable failure) {
      if (over) {
        return;
      }
      if (token == null) {
        over = true;
        events.targetFailed(true, false, "no token can be had: " + reason(failure));
        return;
      }
      proof = api.fields(
          token,
          new ProviderApi.Sent(
              address.authority(), target(), plan.contentType(), plan.outgoing().body()));
      upstreams.call(address.origin(), connectTimeout, this);
    }

    private static String reason(@Nullable Throwable failure) {
      Throwable cause = failure instanceof CompletionException && failure.getCause() != null
          ? failure.getCause()
          : failure;
      return cause == null ? "" : String.valueOf(cause.getMessage());
    }

    private String target() {
      return address.path() + api.path(plan.outgoing().path(), model);
    }

    @Override
    public void connected(UpstreamConnection opened) {
      connection = opened;
      Duration silence = provider.timeouts().silence();
      var head = opened
          .request("POST", target(), silence, silence)
          .field(Field.HOST, address.authority())
          .field(Field.CONTENT_TYPE, plan.contentType())
          .field("Accept", plan.question().envelope().stream() ? EVENTS : "application/json")
          .field("User-Agent", "sluice")
          .field(Field.X_REQUEST_ID, requestId);
      plan.outgoing().fields().forEach(head::field);
      proof.forEach(head::field);
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
      unwrapped = plan.translation() != null || type == null ? null : api.unwrapped(type);
      String shown = unwrapped != null ? EVENTS : type == null ? "" : type;
      mask = SecretMask.of(SecretMask.among(proof), head.status(), shown);
      events.targetHead(new Head(
          head.status(), shown, unwrapped != null ? -1 : head.bodyLength(), head.fields()));
    }

    @Override
    public void responseBody(ByteString piece) {
      if (!over) {
        byte[] bytes =
            unwrapped == null ? piece.toArrayUnsafe() : unwrapped.apply(piece.toArrayUnsafe());
        byte[] shown = mask == null ? bytes : mask.pass(bytes);
        events.targetBody(shown, 0, shown.length);
      }
    }

    @Override
    public void responseEnd() {
      connection = null;
      byte[] rest = mask == null || over ? NOTHING : mask.rest();
      if (rest.length > 0) {
        events.targetBody(rest, 0, rest.length);
      }
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
        upstreams.cancel(address.origin(), this);
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
