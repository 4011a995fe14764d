package dev.sluice.model.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Json;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SigV4Test {
  /** 200 random requests, signed by botocore; see sigv4-vectors.py beside them. */
  @Test
  void signsAsBotocoreDoes() throws Exception {
    JsonNode all;
    try (InputStream json = SigV4Test.class.getResourceAsStream("sigv4.json")) {
      all = Json.MAPPER.readTree(json).path("vectors");
    }
    assertThat(all).hasSize(200);
    for (JsonNode one : all) {
      AwsKey key = new AwsKey(
          one.path("id").asText(),
          one.path("secret").asText(),
          one.path("token").asText());
      Map<String, String> fields = new HashMap<>();
      one.path("fields")
          .properties()
          .forEach(field -> fields.put(field.getKey(), field.getValue().asText()));
      SigV4.Request request = new SigV4.Request(
          one.path("method").asText(),
          one.path("authority").asText(),
          one.path("target").asText(),
          fields,
          one.path("body").asText().getBytes(StandardCharsets.UTF_8));
      Map<String, String> added = new SigV4(key, one.path("region").asText(), "bedrock")
          .fields(request, Instant.ofEpochSecond(one.path("epochSecond").asLong()));
      assertThat(added.get("x-amz-date")).isEqualTo(one.path("date").asText());
      assertThat(added.get("authorization"))
          .as(one.toString())
          .isEqualTo(one.path("authorization").asText());
      assertThat(added.getOrDefault("x-amz-security-token", "")).isEqualTo(key.sessionToken());
    }
  }

  @Test
  void aKeyTellsNoSecret() {
    assertThat(new AwsKey("AKIA1", "secret", "token")).hasToString("AwsKey[AKIA1]");
  }

  @Test
  void pathsAreEncodedAsBotoSendsThem() {
    assertThat(ModelPath.of("anthropic.claude-3-5-sonnet-20241022-v2:0", "converse"))
        .isEqualTo("/model/anthropic.claude-3-5-sonnet-20241022-v2%3A0/converse");
    assertThat(ModelPath.of(
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.x-v1:0", "invoke"))
        .isEqualTo(
            "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.x-v1%3A0/invoke");
  }
}
