package dev.sluice.chaos.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * A streaming chat of so many words with an echo model: costs that many tokens of input and as many of output.
 *
 * @param key API key of the tenant
 * @param model such as {@code echo-10x20ms}
 * @param words how many words to send
 * @param maxTokens cap of the output, in tokens
 */
public record Chat(String key, String model, int words, int maxTokens) {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /**
   * How it ended.
   *
   * @param status of the answer, or 0 if there was none
   * @param tokens that the provider reported, or -1 if the answer broke off before
   * @param complete whether the stream came to its regular end
   * @param body the refusal, or why there was no answer
   */
  public record Outcome(
      int status, long tokens, boolean complete, HttpHeaders headers, String body) {
    private static Outcome none(Exception why) {
      return new Outcome(
          0, -1, false, HttpHeaders.of(java.util.Map.of(), (a, b) -> true), "" + why);
    }

    public boolean succeeded() {
      return status == 200 && complete;
    }
  }

  /** Sends it and reads the answer to its end. */
  public Outcome send(String url) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
        .timeout(DEADLINE)
        .header("Authorization", "Bearer " + key)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body()))
        .build();
    try {
      HttpResponse<Stream<String>> answer =
          Http.CLIENT.send(request, HttpResponse.BodyHandlers.ofLines());
      try (Stream<String> lines = answer.body()) {
        return answer.statusCode() == 200
            ? read(answer, lines.iterator())
            : new Outcome(
                answer.statusCode(), 0, true, answer.headers(), String.join("\n", lines.toList()));
      }
    } catch (IOException e) {
      return Outcome.none(e);
    }
  }

  private static Outcome read(HttpResponse<?> answer, Iterator<String> lines) {
    long tokens = -1;
    boolean complete = false;
    StringBuilder text = new StringBuilder();
    try {
      while (lines.hasNext()) {
        String line = lines.next();
        if (line.equals("data: [DONE]")) {
          complete = true;
        } else if (line.startsWith("data: ")) {
          JsonNode event = Http.JSON.readTree(line.substring("data: ".length()));
          tokens = event.at("/usage/total_tokens").asLong(tokens);
          text.append(event.at("/choices/0/delta/content").asText(""));
        }
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      return new Outcome(answer.statusCode(), tokens, false, answer.headers(), "" + e);
    }
    return new Outcome(answer.statusCode(), tokens, complete, answer.headers(), text.toString());
  }

  private String body() {
    ObjectNode body = Http.JSON.createObjectNode();
    body.put("model", model).put("stream", true).put("max_tokens", maxTokens);
    body.putObject("stream_options").put("include_usage", true);
    body.putArray("messages")
        .addObject()
        .put("role", "user")
        .put("content", String.join(" ", Collections.nCopies(words, "word")));
    return body.toString();
  }
}
