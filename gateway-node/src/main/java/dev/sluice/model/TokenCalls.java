package dev.sluice.model;

import dev.sluice.model.vertex.GoogleCredential;
import dev.sluice.model.vertex.TokenEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks token endpoints over HTTP. Blocks: called on threads that may. */
final class TokenCalls implements TokenEndpoint {
  private final TokenSettings settings;
  private final HttpClient client;

  TokenCalls(TokenSettings settings) {
    this.settings = settings;
    this.client = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(settings.timeout())
        .followRedirects(HttpClient.Redirect.NEVER)
        .build();
  }

  @Override
  public CompletionStage<Reply> post(GoogleCredential.Ask ask) {
    HttpRequest request = HttpRequest.newBuilder(ask.endpoint())
        .timeout(settings.timeout())
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Accept", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(ask.form()))
        .build();
    try {
      HttpResponse<InputStream> answer =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        byte[] bytes = body.readNBytes(settings.answerBytes() + 1);
        return bytes.length > settings.answerBytes()
            ? CompletableFuture.failedStage(
                new IOException("it answered more than " + settings.answerBytes() + " bytes"))
            : CompletableFuture.completedStage(new Reply(answer.statusCode(), bytes));
      }
    } catch (IOException e) {
      return CompletableFuture.failedStage(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CompletableFuture.failedStage(e);
    }
  }
}
