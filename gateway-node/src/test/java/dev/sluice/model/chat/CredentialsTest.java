package dev.sluice.model.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sk-proj-abc123DEF456",
        "sk-ant-api03-x1y2z3",
        "sk-abc***********xyz1",
        "gsk_abcdef123456",
        "xai-abcdef123456",
        "AIzaSyA1234567890abcdef",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "Bearer 0123456789abcdef",
      })
  void whatLooksLikeAKeyIsMasked(String key) {
    assertThat(Credentials.masked("Incorrect API key provided: " + key + ". Look there."))
        .startsWith("Incorrect API key provided: [masked]")
        .doesNotContain(key.substring(key.length() - 5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The model `gpt-4o-2024-08-06` does not exist",
        "This key-value store is full",
        "max_tokens: 100000 > 8192",
        "Missing bearer authentication in header",
      })
  void otherWordsStay(String message) {
    assertThat(Credentials.masked(message)).isEqualTo(message);
  }

  @Test
  void aLongMessageIsCut() {
    assertThat(Credentials.masked("x".repeat(100_000)).length()).isLessThan(5_000);
  }
}
