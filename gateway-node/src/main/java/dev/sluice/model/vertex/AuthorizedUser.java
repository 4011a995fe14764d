package dev.sluice.model.vertex;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Instant;
import java.util.Map;

/** A person's refresh token, as {@code gcloud auth application-default login} leaves it. */
public record AuthorizedUser(
    String clientId, String clientSecret, String refreshToken, URI endpoint)
    implements GoogleCredential {
  static AuthorizedUser of(JsonNode file) {
    return new AuthorizedUser(
        GoogleCredential.text(file, "client_id"),
        GoogleCredential.text(file, "client_secret"),
        GoogleCredential.text(file, "refresh_token"),
        GoogleCredential.endpoint(file));
  }

  @Override
  public Ask ask(Instant now) {
    return new Ask(
        endpoint,
        GoogleCredential.form(Map.of(
            "grant_type", "refresh_token",
            "client_id", clientId,
            "client_secret", clientSecret,
            "refresh_token", refreshToken)));
  }

  @Override
  public String toString() {
    return "AuthorizedUser[clientId=" + clientId + "]";
  }
}
