package dev.sluice.model.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.Pieces;
import dev.sluice.model.chat.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GeminiTapTest {
  private static final String FIRST =
      "{\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"\\\"finishReason\\\": gr\u00fc\u00df\"}]}, \"index\": 0}], \"usageMetadata\": {\"promptTokenCount\": 4, \"totalTokenCount\": 4}}";
  private static final String LAST =
      "{\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"b\"}]}, \"finishReason\": \"STOP\", \"index\": 0}], \"usageMetadata\": {\"promptTokenCount\": 4, \"candidatesTokenCount\": 6, \"totalTokenCount\": 10}}";

  @Test
  void eventsPassAsTheyAreAndTheLastUsageCounts() {
    String text = "data: " + FIRST + "\r\n\r\n: note\r\n\r\ndata: " + LAST + "\r\n\r\n";
    for (int seed = 0; seed < 300; seed++) {
      GeminiTap tap = new GeminiTap(true, true);
      assertThat(Pieces.passed(tap, text, new Random(seed))).isEqualTo(text);
      assertThat(tap.usage()).as("seed %d", seed).isEqualTo(TokenUsage.of(4, 6));
      assertThat(tap.whole()).isTrue();
    }
  }

  @Test
  void aListPassesAsItIsAndIsWholeWhenItIsClosed() {
    String text = "[" + FIRST + "\n,\r\n" + LAST + "\n]";
    for (int seed = 0; seed < 300; seed++) {
      GeminiTap tap = new GeminiTap(true, false);
      assertThat(Pieces.passed(tap, text, new Random(seed))).isEqualTo(text);
      assertThat(tap.usage()).as("seed %d", seed).isEqualTo(TokenUsage.of(4, 6));
      assertThat(tap.whole()).isTrue();
    }
    GeminiTap open = new GeminiTap(true, false);
    Pieces.passed(open, "[" + FIRST + "\n,\r\n" + LAST, new Random(1));
    assertThat(open.whole()).isFalse();
  }

  private static boolean whole(String... chunks) {
    GeminiTap tap = new GeminiTap(true, true);
    StringBuilder text = new StringBuilder();
    for (String chunk : chunks) {
      text.append("data: ").append(chunk.replace('\'', '"')).append("\n\n");
    }
    Pieces.passed(tap, text.toString(), new Random(1));
    return tap.whole();
  }

  @Test
  void isWholeOnlyWhenAllHaveEnded() {
    assertThat(whole()).isFalse();
    assertThat(whole(FIRST)).isFalse();
    assertThat(whole(LAST)).isTrue();
    assertThat(whole("{'candidates':[{'index':0,'finishReason':'STOP'},{'index':1}]}"))
        .isFalse();
    assertThat(whole(
            "{'candidates':[{'index':0,'finishReason':'STOP'},{'index':1}]}",
            "{'candidates':[{'finishReason':'STOP','index':1}]}"))
        .isTrue();
    assertThat(whole(LAST, "{'candidates':[{'index':0}],'usageMetadata':{}}")).isTrue();
    assertThat(whole("{'promptFeedback':{'blockReason':'OTHER'}}")).isTrue();
    assertThat(whole("{'candidates':[],'promptFeedback':{'blockReason':'OTHER'}}"))
        .isTrue();
    assertThat(whole(LAST, "{'error':{'code':500}}")).isFalse();
  }

  @Test
  void anyBytesPass() {
    String text = "data: " + FIRST + "\r\n\r\ndata: " + LAST + "\r\n\r\n";
    for (int seed = 0; seed < Pieces.rounds(); seed++) {
      byte[] bytes = Pieces.mangled(text, new Random(seed));
      String mangled = new String(bytes, StandardCharsets.ISO_8859_1);
      assertThat(Pieces.passed(new GeminiTap(true, seed % 2 == 0), mangled, new Random(seed)))
          .isEqualTo(mangled);
    }
  }
}
