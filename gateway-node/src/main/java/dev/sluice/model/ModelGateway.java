package dev.sluice.model;

import dev.sluice.edge.Arrival;
import dev.sluice.edge.WorkerScope;
import dev.sluice.identity.Tokens;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.Claims;
import dev.sluice.ingress.DeclaredModelProvider;
import dev.sluice.ingress.ModelProvider;
import dev.sluice.ingress.TenantTable;
import dev.sluice.model.cache.AnswerCache;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.gate.NodeGates;
import dev.sluice.model.health.NodeHealth;
import dev.sluice.model.route.TargetLoads;
import dev.sluice.proxy.Dialect;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.ModelService;
import dev.sluice.proxy.Refusal;
import dev.sluice.quota.NodeLeases;
import dev.sluice.upstream.Upstreams;
import dev.sluice.wire.Field;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The model calls of one worker: knows who asks, and hands each call to a {@link ModelCall}. */
public final class ModelGateway implements ModelService {
  private static final String BEARER = "bearer ";

  /** Of Anthropic's, Google's and Azure's SDKs. */
  private static final List<String> KEY_FIELDS = List.of("x-api-key", "x-goog-api-key", "api-key");

  private final WorkerScope scope;
  private final Upstreams upstreams;
  private final Supplier<TenantTable> tenants;
  private final NodeLeases leases;
  private final ModelLog log;
  private final Tokens tokens;
  private final BackOffice office;
  private final ProviderApis apis;
  private final ModelSettings settings;
  private final MessageDigest sha256;
  private final ModelNode node;
  private final Targets targets = new Targets(this::made);
  private int turn;

  public ModelGateway(
      WorkerScope scope,
      Upstreams upstreams,
      Supplier<TenantTable> tenants,
      NodeLeases leases,
      ModelLog log,
      Tokens tokens,
      ModelNode node,
      BackOffice office,
      ModelSettings settings) {
    this.scope = scope;
    this.upstreams = upstreams;
    this.tenants = tenants;
    this.leases = leases;
    this.log = log;
    this.tokens = tokens;
    this.node = node;
    this.office = office;
    this.apis = new ProviderApis(office.google(), InstantSource.system());
    this.settings = settings;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public void call(Inbound request, Action.Models models) {
    Action.Call call = models.call();
    request.dialect(ModelList.words(request, call));
    if (call.unserved() || !Callers.serves(call)) {
      request.refuse(
          new Refusal.Unavailable(501, call.path() + " is not served here", "not_served"));
      return;
    }
    if (!call.method().isEmpty() && !request.method().equals(call.method())) {
      request.refuse(new Refusal.MethodNotAllowed(call.method()));
      return;
    }
    identify(request, spender -> serve(request, models, spender));
  }

  @Override
  public void pass(Inbound request, Action.Pass pass) {
    request.dialect(
        switch (pass.provider().kind()) {
          case ANTHROPIC -> Dialect.ANTHROPIC;
          case GEMINI -> Dialect.GEMINI;
          case OLLAMA -> Dialect.OLLAMA;
          default -> Dialect.OPENAI;
        });
    identify(request, spender -> new PassedCall(this, request, pass, spender).start());
  }

  /** Finds who spends, or refuses the request. */
  private void identify(Inbound request, Consumer<TenantTable.Spender> then) {
    String key = key(request);
    Optional<TenantTable.Spender> spender =
        key.isEmpty() ? Optional.empty() : tenants.get().spender(hash(key));
    if (spender.isEmpty() && tokens.mayBe(key)) {
      new TokenWait(request, then).ask(key);
      return;
    }
    spend(
        request,
        spender,
        key.isEmpty()
            ? "no API key was sent (expected: the header Authorization: Bearer KEY)"
            : "the API key is not known here",
        then);
  }

  /** @param why nobody is known to spend */
  private void spend(
      Inbound request,
      Optional<TenantTable.Spender> spender,
      String why,
      Consumer<TenantTable.Spender> then) {
    if (spender.isEmpty()) {
      request.refuse(
          tenants.get().isWhole()
              ? new Refusal.Unauthenticated(why)
              : new Refusal.Unavailable(
                  503, "not all keys are known yet: try again shortly", "keys_not_known"));
      return;
    }
    request.spender(spender.get().tenant(), spender.get().key());
    then.accept(spender.get());
  }

  private void serve(Inbound request, Action.Models models, TenantTable.Spender spender) {
    Action.Call call = models.call();
    CallerDialect dialect = Callers.dialect(call);
    if (ModelList.serves(call, request.method())) {
      ModelList.answer(request, call, models.models());
    } else if (dialect != null) {
      new ModelCall(new ModelRequest(this, request, call, dialect, spender), models.models())
          .start();
    } else {
      new QuotaAnswer(this, request, spender).start();
    }
  }

  /** A request whose token is being checked. Its body waits with the client. */
  private final class TokenWait implements Arrival.Waiting {
    private final Inbound request;
    private final Consumer<TenantTable.Spender> then;
    private boolean gone;

    TokenWait(Inbound request, Consumer<TenantTable.Spender> then) {
      this.request = request;
      this.then = then;
    }

    void ask(String token) {
      CompletableFuture<Optional<Claims>> told = tokens.claims(token).toCompletableFuture();
      boolean later = !told.isDone();
      if (later) {
        request.arrival().listen(this);
      }
      told.whenComplete((claims, failure) -> {
        if (later) {
          scope.execute(() -> over(claims, failure));
        } else {
          over(claims, failure);
        }
      });
    }

    @SuppressWarnings("NullableOptional") // as a future tells it
    private void over(@Nullable Optional<Claims> claims, @Nullable Throwable failure) {
      if (gone) {
        return;
      }
      if (failure != null || claims == null) {
        request.refuse(new Refusal.Unavailable(
            503, "the token can't be checked right now: try again shortly", "token_not_checked"));
        return;
      }
      spend(
          request,
          claims.flatMap(one -> tenants.get().spender(one)),
          claims.isEmpty()
              ? "the token is no good one: of another issuer or audience, expired, or not signed by its issuer"
              : "the token stands for nobody here",
          then);
    }

    @Override
    public void clientGone() {
      gone = true;
      request.gone();
    }
  }

  /**
   * A model of a provider, as it is called with one of its keys; empty if the provider has no such model.
   *
   * @param key index among the provider's keys; 0 if it has one or none
   */
  Optional<Target> target(ModelProvider provider, int key, String model) {
    return targets.of(provider, key, model);
  }

  private Optional<Target> made(ModelProvider provider, String model) {
    return provider.kind() == DeclaredModelProvider.Kind.ECHO
        ? EchoTarget.of(scope, provider, model)
        : Optional.of(new HttpTarget(
            scope::execute,
            upstreams,
            provider,
            apis.of(provider),
            office.counts(),
            model,
            settings.connectTimeout()));
  }

  NodeHealth health() {
    return node.health();
  }

  NodeGates gates() {
    return node.gates();
  }

  TargetLoads loads() {
    return node.loads();
  }

  AnswerCache answers() {
    return node.answers();
  }

  /** Where keys that take turns begin this time. */
  int nextTurn() {
    turn = (turn + 1) & Integer.MAX_VALUE;
    return turn;
  }

  WorkerScope scope() {
    return scope;
  }

  NodeLeases leases() {
    return leases;
  }

  Upstreams upstreams() {
    return upstreams;
  }

  ProviderApi api(ModelProvider provider) {
    return apis.of(provider);
  }

  TokenCounts counts() {
    return office.counts();
  }

  QueuePolls queues() {
    return office.queues();
  }

  ModelLog log() {
    return log;
  }

  ModelSettings settings() {
    return settings;
  }

  private static String key(Inbound request) {
    String authorization = request.arrival().head().fields().first(Field.AUTHORIZATION);
    if (authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      return authorization.substring(BEARER.length()).strip();
    }
    String offered = request.arrival().head().fields().first("sec-websocket-protocol");
    String browsers = offered == null ? "" : PassedRequest.key(offered);
    if (!browsers.isEmpty()) {
      return browsers;
    }
    for (String name : KEY_FIELDS) {
      String plain = request.arrival().head().fields().first(name);
      if (plain != null) {
        return plain.strip();
      }
    }
    return "";
  }

  private String hash(String key) {
    return HexFormat.of().formatHex(sha256.digest(key.getBytes(StandardCharsets.UTF_8)));
  }
}
