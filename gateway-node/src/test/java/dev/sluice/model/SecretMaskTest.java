package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretMaskTest {
  private static final String SECRET = "abacabadabacabae";

  private static String passed(SecretMask mask, String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length; ) {
      int to = Math.min(bytes.length, at + 1 + random.nextInt(20));
      out.writeBytes(mask.pass(Arrays.copyOfRange(bytes, at, to)));
      at = to;
    }
    out.writeBytes(mask.rest());
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aSecretIsMaskedHoweverTheAnswerIsCut() {
    Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder();
      for (int part = 0; part < 12; part++) {
        int length = random.nextInt(SECRET.length() + 1);
        text.append(random.nextInt(3) == 0 ? SECRET : SECRET.substring(0, length))
            .append(random.nextBoolean() ? "ü" : "");
      }
      String expected = text.toString().replace(SECRET, "*".repeat(SECRET.length()));
      assertThat(passed(SecretMask.of(SECRET, 200, "text/event-stream"), text.toString(), random))
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0123456789abcdef, 200, application/json, true",
    "0123456789abcdef, 200, application/x-ndjson, true",
    "0123456789abcdef, 200, audio/mpeg, false",
    "0123456789abcdef, 429, '', true",
    "0123456789abcde, 200, application/json, false",
    "ollama, 200, application/json, false",
    "ollama, 500, application/json, true",
    "none, 500, application/json, false",
    "'', 500, application/json, false",
  })
  void shortOnesAreLookedForInErrorsOnly(
      String secret, int status, String contentType, boolean masks) {
    assertThat(SecretMask.of(secret, status, contentType) != null).isEqualTo(masks);
  }

  @Test
  void theSecretIsWhatProvesWhoCalls() {
    assertThat(SecretMask.among(Map.of("Authorization", "Bearer one"))).isEqualTo("one");
    assertThat(SecretMask.among(Map.of("api-key", "two"))).isEqualTo("two");
    assertThat(SecretMask.among(Map.of("authorization", "AWS4", "x-amz-security-token", "three")))
        .isEqualTo("three");
    assertThat(SecretMask.among(Map.of("authorization", "AWS4", "x-amz-date", "now")))
        .isEmpty();
    assertThat(SecretMask.among(Map.of())).isEmpty();
  }
}
