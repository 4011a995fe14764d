package dev.sluice.model.count;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.Turn;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCountTest {
  /** The figures are those of OpenAI's own library, tiktoken. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      gpt-4o | ~The quick brown fox jumps over the lazy dog.~ | 10
      gpt-4o | ~grüße aus Köln, 1234567 mal!~ | 12
      gpt-4o | ~def f(x):\\n    return x  +  1~ | 14
      gpt-4o | ~日本語のテキスト~ | 6
      gpt-4o | ~😀👩‍👩‍👧 emoji~ | 10
      gpt-4o | ~'s 'LL don't CAN'T~ | 6
      gpt-4o | ~{"name":"get_weather","arguments":{"city":"Zürich"}}~ | 14
      gpt-4o | ~    leading and trailing   ~ | 5
      gpt-4o | ~https://example.com/a/b?c=d&e=%20~ | 12
      gpt-4 | ~The quick brown fox jumps over the lazy dog.~ | 10
      gpt-4 | ~grüße aus Köln, 1234567 mal!~ | 13
      gpt-4 | ~def f(x):\\n    return x  +  1~ | 13
      gpt-4 | ~日本語のテキスト~ | 8
      gpt-4 | ~😀👩‍👩‍👧 emoji~ | 16
      gpt-4 | ~'s 'LL don't CAN'T~ | 7
      gpt-4 | ~    leading and trailing   ~ | 5
      """)
  void countsAsOpenAiDoes(String model, String text, long tokens) {
    assertThat(TokenCount.of(model, text)).isEqualTo(new TokenCount(tokens, true));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o-2024-11-20, true",
    "gpt-4.1, true",
    "gpt-5.1-codex, true",
    "o3, true",
    "o4-mini, true",
    "openai/gpt-4o-mini, true",
    "gpt-oss:20b, true",
    "ft:gpt-4o:acme, true",
    "gpt-4-turbo, true",
    "gpt-3.5-turbo, true",
    "text-embedding-3-small, true",
    "claude-sonnet-4-5, false",
    "gemini-2.5-pro, false",
    "llama3:8b, false",
    "gpt-4oo, false",
    "olmo-2, false"
  })
  void saysWhereItOnlyEstimates(String model, boolean exact) {
    assertThat(TokenCount.of(model, "hello world")).isEqualTo(new TokenCount(2, exact));
  }

  @Test
  void specialTokensInATextAreText() {
    assertThat(TokenCount.of("gpt-4o", "<|endoftext|>").tokens()).isGreaterThan(1);
  }

  @Test
  void nothingHasNoTokens() {
    assertThat(TokenCount.of("gpt-4o", "")).isEqualTo(new TokenCount(0, true));
  }

  @Test
  void aTextThatIsTooLongIsCountedInProportion() {
    String sentence = "The quick brown fox jumps over the lazy dog. ";
    long one = TokenCount.of("gpt-4o", sentence.strip()).tokens();
    int times = 2 * TokenCount.MOST_CHARACTERS / sentence.length();
    TokenCount all = TokenCount.of("gpt-4o", sentence.repeat(times));
    assertThat(all.exact()).isFalse();
    assertThat(all.tokens()).isBetween(one * times * 98 / 100, one * times * 102 / 100);
    assertThat(TokenCount.of("gpt-4o", "\ud83d\ude00".repeat(20_001)).tokens()).isPositive();
  }

  @Test
  void aPromptIsItsTextsAndToolsAndItsFormat() {
    Conversation conversation = new Conversation(
        List.of(new Part.Text("s", "hello world")),
        List.of(new Turn(
            Turn.Role.USER,
            List.of(
                new Part.Text("t", "hello world"),
                new Part.ToolResult(
                    "r", "i", "f", List.of(new Part.Text("t", "hello world")), false)))),
        List.of(new Tool("t", "f", "", Json.MAPPER.createObjectNode(), false)),
        null,
        null,
        Sampling.UNSAID,
        null,
        null,
        new Said<>(1L, "n"),
        false,
        null,
        List.of());
    TokenCount count = TokenCount.of("gpt-4o", conversation);
    assertThat(count.exact()).isFalse();
    assertThat(count.tokens()).isBetween(6L + 4 * 3, 30L);
  }

  @Test
  void anAnswerIsCountedByWhatItSaid() {
    AnswerText answer = new AnswerText();
    answer.take(new AnswerEvent.Thought(0, "hello world"));
    answer.take(new AnswerEvent.Text(0, "hello"));
    answer.take(new AnswerEvent.Text(0, " world"));
    answer.take(new AnswerEvent.Ended(0, AnswerEvent.Reason.STOP, ""));
    assertThat(answer.usage("gpt-4o", 7)).isEqualTo(new TokenUsage(7, 0, 0, 2, 2));
    answer.take(new AnswerEvent.Text(0, " and so on".repeat(100_000)));
    assertThat(answer.usage("gpt-4o", 7).spoken()).isBetween(295_000L, 305_000L);
  }
}
