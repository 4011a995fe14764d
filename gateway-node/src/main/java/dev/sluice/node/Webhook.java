package dev.sluice.node;

import akka.actor.ActorSystem;
import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.japi.function.Function;
import akka.stream.Materializer;
import dev.sluice.ingress.kube.AdmissionReview;
import dev.sluice.ingress.kube.Listing;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the API server whether an object may be stored. Only reads what this node has read; keeps nothing, writes
 * nothing, and asks nobody.
 */
final class Webhook {
  private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
  private static final String PATH = "/validate";
  private static final String BLOCKING = "akka.actor.default-blocking-io-dispatcher";

  private final ActorSystem system;
  private final NodeSettings settings;
  private final DeclaredState declared;
  private final Executor judges;
  private final Semaphore free;

  private Webhook(ActorSystem system, NodeSettings settings, DeclaredState declared) {
    this.system = system;
    this.settings = settings;
    this.declared = declared;
    this.judges = system.dispatchers().lookup(BLOCKING);
    this.free = new Semaphore(settings.webhook().atOnce());
  }

  /** Listens. */
  static CompletionStage<ServerBinding> start(
      ActorSystem system, NodeSettings settings, DeclaredState declared) {
    Webhook webhook = new Webhook(system, settings, declared);
    try {
      Certificates certificates = new Certificates(
          new WebhookCertificate(settings.webhook(), declared::listed),
          SelfSigned.create(Instant.now()));
      Function<HttpRequest, CompletionStage<HttpResponse>> handler = webhook::serve;
      return Http.get(system)
          .newServerAt(settings.webhook().host(), settings.webhook().port())
          .enableHttps(ConnectionContext.httpsServer(() -> certificates.serverEngine("", false)))
          .bind(handler);
    } catch (GeneralSecurityException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletionStage<HttpResponse> serve(HttpRequest request) {
    Listing listed = declared.listed();
    boolean asks =
        request.method().equals(HttpMethods.POST) && request.getUri().path().equals(PATH);
    if (!asks || listed == null || !free.tryAcquire()) {
      request.discardEntityBytes(Materializer.matFromSystem(system));
      return CompletableFuture.completedFuture(
          !asks
              ? answer(404, "ask by POST " + PATH)
              : answer(503, "not now").addHeader(RawHeader.create("Retry-After", "1")));
    }
    long millis = settings.webhook().timeout().toMillis();
    return request
        .entity()
        .withSizeLimit(settings.webhook().bodyBytes())
        .toStrict(millis, Materializer.matFromSystem(system))
        .thenApplyAsync(body -> judge(body.getData().toArray(), listed), judges)
        .toCompletableFuture()
        .orTimeout(millis, TimeUnit.MILLISECONDS)
        .exceptionally(Webhook::failed)
        .whenComplete((done, failure) -> free.release());
  }

  private HttpResponse judge(byte[] question, Listing listed) {
    byte[] answer = AdmissionReview.answer(
        question,
        listed.declared(),
        settings.classes(),
        settings.controller(),
        settings.mode() == NodeSettings.Mode.SERVE);
    return HttpResponse.create()
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, answer));
  }

  private static HttpResponse failed(Throwable failure) {
    Throwable why = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    if (why instanceof IllegalArgumentException) {
      return answer(400, String.valueOf(why.getMessage()));
    }
    LOG.warn("a question of the API server was not answered: {}", why.toString());
    return answer(500, "it could not be judged; see the log of the gateway");
  }

  private static HttpResponse answer(int status, String words) {
    return HttpResponse.create().withStatus(status).withEntity(words + "\n");
  }
}
