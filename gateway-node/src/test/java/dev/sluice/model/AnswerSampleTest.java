package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.count.TokenCount;
import dev.sluice.model.openai.ChatCompletions;
import dev.sluice.model.openai.ChatProvider;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an answer came to whose provider does not tell. */
class AnswerSampleTest {
  private static final String MODEL = "llama-3";
  private static final CallBounds MOST = new CallBounds(500, 400, 0);
  private static final String SAID = "the quick brown fox jumps over the lazy dog ";

  private static Question question(String more) {
    String json =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"say it\"}]" + more + "}";
    return ((QuestionRead.Good) new ChatCompletions()
            .read("/v1/chat/completions", "", json.getBytes(StandardCharsets.UTF_8)))
        .question();
  }

  private static byte[] stream(int chunks, String field) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < chunks; i++) {
      all.append(
          "data: {\"choices\":[{\"index\":0,\"delta\":{\"" + field + "\":\"" + SAID + "\"}}]}\n\n");
    }
    return all.append("data: [DONE]\n\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable TokenUsage usage(
      byte[] answer, boolean document, int most, String model, String more) {
    AnswerSample sample = new AnswerSample(new ChatProvider(), document, most);
    for (int from = 0; from < answer.length; from += 7) {
      sample.take(answer, from, Math.min(answer.length, from + 7));
    }
    return sample.usage(model, question(more), MOST);
  }

  @Test
  void isCountedByItsWords() {
    TokenUsage usage = usage(stream(3, "content"), false, 1 << 16, MODEL, "");
    long words = TokenCount.of(MODEL, SAID.repeat(3)).tokens();
    assertThat(usage).isNotNull();
    assertThat(usage.spoken()).isEqualTo(words);
    assertThat(usage.input()).isBetween(2L, 20L);
  }

  @Test
  void ofALongOneTheBeginningIsKeptAndTheRestCountedInProportion() {
    long kept = usage(stream(20, "content"), false, 1 << 16, MODEL, "").spoken();
    long part = usage(stream(20, "content"), false, 1 << 10, MODEL, "").spoken();
    assertThat(part).isBetween(kept * 8 / 10, kept * 12 / 10);
    assertThat(usage(stream(90, "content"), false, 1 << 10, MODEL, "").spoken())
        .as("never more than it was held for")
        .isEqualTo(MOST.output());
  }

  @Test
  void aDocumentIsCountedWholeOrNotAtAll() {
    byte[] answer = ("{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\""
            + SAID + "\"},\"finish_reason\":\"stop\"}]}")
        .getBytes(StandardCharsets.UTF_8);
    assertThat(usage(answer, true, 1 << 16, MODEL, "").spoken())
        .isEqualTo(TokenCount.of(MODEL, SAID).tokens());
    assertThat(usage(answer, true, 64, MODEL, "")).isNull();
  }

  @Test
  void whereAnswersMayBeMoreThanTheirWordsNothingIsTold() {
    assertThat(usage(stream(3, "content"), false, 1 << 16, "deepseek-r1", "")).isNull();
    assertThat(usage(stream(3, "reasoning_content"), false, 1 << 16, MODEL, "")).isNull();
    assertThat(usage(stream(3, "content"), false, 1 << 16, MODEL, ",\"reasoning_effort\":\"low\""))
        .isNull();
  }

  @Test
  void whatCanNotBeReadIsNotCounted() {
    byte[] noise = "{{{{".getBytes(StandardCharsets.UTF_8);
    assertThat(usage(noise, false, 1 << 16, MODEL, "")).isNull();
    assertThat(usage(noise, true, 1 << 16, MODEL, "")).isNull();
    assertThat(usage(new byte[0], false, 1 << 16, MODEL, "")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "o3-mini, true",
    "gpt-5, true",
    "openai/gpt-oss-20b, true",
    "deepseek-r1:8b, true",
    "qwq, true",
    "Qwen/Qwen3-8B, true",
    "kimi-k2-thinking, true",
    "claude-sonnet-4-5, true",
    "gemini-2.5-flash, true",
    "gpt-4o, false",
    "llama3.1:8b, false",
    "mistral-large-2411, false",
    "gemma-2-9b, false",
    "text-embedding-3-small, false",
    "phi-3, false"
  })
  void modelsThatThinkAreKnownByName(String model, boolean thinks) {
    assertThat(dev.sluice.model.count.Thinkers.has(model)).isEqualTo(thinks);
  }
}
