package dev.sluice.model.vertex;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Credentials;
import dev.sluice.model.chat.Json;
import java.time.Duration;
import java.time.Instant;

/**
 * A bearer token.
 *
 * @param value a secret
 * @param endsAt when it is worth nothing any more
 */
public record AccessToken(String value, Instant endsAt) {
  private static final Duration RENEWED_BEFORE = Duration.ofMinutes(5);
  /** For the way to the provider, and clocks that differ. */
  private static final Duration UNUSED_BEFORE = Duration.ofSeconds(30);

  private static final long MOST_SECONDS = 24 * 3600;

  /** What a token endpoint's answer came to. */
  public sealed interface Answer {}

  public record Granted(AccessToken token) implements Answer {}

  /** @param why for the operator; holds no secret */
  public record Refused(String why) implements Answer {}

  /** Reads a token endpoint's answer to a request that was sent at {@code asked}. */
  public static Answer read(int status, byte[] body, Instant asked) {
    JsonNode answer = Json.tree(body);
    if (answer == null || !answer.isObject()) {
      return new Refused("the token endpoint answered " + status + " without a JSON object");
    }
    String token = answer.path("access_token").asText("");
    if (status != 200 || token.isEmpty()) {
      String error = answer.path("error").asText("");
      String told = answer.path("error_description").asText(error);
      return new Refused("the token endpoint answered " + status + ": " + Credentials.masked(told));
    }
    long seconds = Math.max(0, Math.min(MOST_SECONDS, answer.path("expires_in").asLong(0)));
    return new Granted(new AccessToken(token, asked.plusSeconds(seconds)));
  }

  /** Whether requests may still be sent with it. */
  public boolean isUsable(Instant now) {
    return now.isBefore(endsAt.minus(UNUSED_BEFORE));
  }

  /** Whether it is time to ask for the next one. */
  public boolean isDue(Instant now) {
    return !now.isBefore(endsAt.minus(RENEWED_BEFORE));
  }

  @Override
  public String toString() {
    return "AccessToken[endsAt=" + endsAt + "]";
  }
}
