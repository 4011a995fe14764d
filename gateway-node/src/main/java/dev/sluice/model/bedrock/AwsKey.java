package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Json;
import java.nio.charset.StandardCharsets;

/**
 * A key of AWS.
 *
 * @param id {@code AKIA…}
 * @param sessionToken of a key that is lent for a time; empty if it is not
 */
public record AwsKey(String id, String secret, String sessionToken) {
  /** Whether a credential is such a key, rather than one of Bedrock's own API keys, which are sent as they are. */
  public static boolean is(String credential) {
    return credential.startsWith("{");
  }

  /**
   * Reads what AWS gives out: {@code {"AccessKeyId": …, "SecretAccessKey": …, "SessionToken": …}}.
   *
   * @throws IllegalArgumentException if it is none; shows no secret
   */
  public static AwsKey read(String json) {
    JsonNode key = Json.tree(json.getBytes(StandardCharsets.UTF_8));
    String id = key == null ? "" : key.path("AccessKeyId").asText();
    String secret = key == null ? "" : key.path("SecretAccessKey").asText();
    if (key == null || id.isEmpty() || secret.isEmpty()) {
      throw new IllegalArgumentException(
          "the credential is no AWS key (expected: {\"AccessKeyId\": …, \"SecretAccessKey\": …})");
    }
    return new AwsKey(id, secret, key.path("SessionToken").asText());
  }

  /** Tells no secret. */
  @Override
  public String toString() {
    return "AwsKey[" + id + "]";
  }
}
