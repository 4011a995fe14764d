package dev.sluice.alert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a URL of alerts: a few times if need be, and no more than so many at once. */
final class Webhook {
  private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
  private static final long FIRST_DELAY_MILLIS = 500;
  private static final int GOOD = 200;
  private static final int NOT_GOOD = 300;

  private final AlertSettings settings;
  private final HttpClient client;
  private final AtomicInteger waiting = new AtomicInteger();

  Webhook(AlertSettings settings) {
    this.settings = settings;
    this.client = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(settings.timeout())
        .followRedirects(HttpClient.Redirect.NEVER)
        .build();
  }

  /** Sends it, later if need be. */
  void tell(Crossing crossing, Instant at) {
    if (waiting.incrementAndGet() > settings.waiting()) {
      waiting.decrementAndGet();
      LOG.warn("an alert of tenant {} is dropped: too many wait", crossing.tenant());
      return;
    }
    byte[] body = body(crossing, at).getBytes(StandardCharsets.UTF_8);
    send(body, 1).whenComplete((done, failure) -> {
      waiting.decrementAndGet();
      if (failure != null) {
        LOG.warn(
            "an alert of tenant {} could not be told in {} attempts",
            crossing.tenant(),
            settings.attempts());
        LOG.debug("the failure", failure);
      }
    });
  }

  static String body(Crossing crossing, Instant at) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("event", "limit-used")
        .put("tenant", crossing.tenant())
        .put("limit", crossing.bucket())
        .put("unit", crossing.unit().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("percent", crossing.mark())
        .put("used", crossing.used())
        .put("amount", crossing.limit())
        .put("mode", crossing.observed() ? "observe" : "enforce")
        .put("at", at.toString())
        .toString();
  }

  private CompletionStage<Void> send(byte[] body, int attempt) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(settings.webhook()))
        .timeout(settings.timeout())
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (!settings.secret().isEmpty()) {
      request.header("x-sluice-signature", "sha256=" + signature(settings.secret(), body));
    }
    return client
        .sendAsync(request.build(), HttpResponse.BodyHandlers.discarding())
        .thenCompose(answer -> answer.statusCode() >= GOOD && answer.statusCode() < NOT_GOOD
            ? CompletableFuture.<Void>completedFuture(null)
            : CompletableFuture.<Void>failedFuture(
                new IllegalStateException("the webhook answered " + answer.statusCode())))
        .exceptionallyCompose(failure -> attempt >= settings.attempts()
            ? CompletableFuture.failedFuture(failure)
            : CompletableFuture.supplyAsync(
                    () -> body,
                    CompletableFuture.delayedExecutor(
                        FIRST_DELAY_MILLIS << Math.min(attempt - 1, 10), TimeUnit.MILLISECONDS))
                .thenCompose(again -> send(again, attempt + 1)));
  }

  /** HMAC-SHA256 in lower-case hex. */
  static String signature(String secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
