package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.embed.Embedding;
import dev.sluice.model.embed.EmbeddingDialect;
import dev.sluice.model.embed.GeminiEmbeddings;
import dev.sluice.model.embed.OllamaEmbeddings;
import dev.sluice.model.embed.OpenAiEmbeddings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Embeddings on their way back to a caller of another dialect. */
class EmbeddedAnswerTest {
  private static final Embedding ASKED =
      new Embedding("m", List.of("a b c"), null, null, false, true, List.of());
  private static final byte[] ANSWER =
      "{\"model\":\"x\",\"embeddings\":[[0.5,-1.25]],\"prompt_eval_count\":3}"
          .getBytes(StandardCharsets.UTF_8);

  private static EmbeddedAnswer answer(EmbeddingDialect provider) {
    return new EmbeddedAnswer(new Embedder(new OpenAiEmbeddings(), ASKED, provider));
  }

  @Test
  void sayTheSameHoweverTheAnswerIsSplit() {
    for (int at = 0; at <= ANSWER.length; at++) {
      EmbeddedAnswer answer = answer(new OllamaEmbeddings());
      assertThat(answer.pass(ANSWER, 0, at)).isEmpty();
      assertThat(answer.pass(ANSWER, at, ANSWER.length)).isEmpty();
      assertThat(new String(answer.rest(), StandardCharsets.UTF_8))
          .isEqualTo(
              "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5,-1.25]}],"
                  + "\"model\":\"m\",\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}");
      assertThat(answer.usage()).isEqualTo(TokenUsage.of(3, 0));
      assertThat(answer.whole()).isTrue();
    }
  }

  @Test
  void areCountedByTheirTextsWhereNobodyTells() {
    assertThat(answer(new GeminiEmbeddings()).counted("m")).isEqualTo(TokenUsage.of(3, 0));
  }

  @Test
  void whatIsNoAnswerIsAFailureThatSaysWhyAndIsNeverThrown() {
    List<EmbeddingDialect> providers =
        List.of(new OpenAiEmbeddings(), new GeminiEmbeddings(), new OllamaEmbeddings());
    for (int seed = 0; seed < Integer.getInteger("fuzz", 3000); seed++) {
      Random random = new Random(seed);
      byte[] bytes = ANSWER.clone();
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      EmbeddedAnswer answer = answer(providers.get(seed % providers.size()));
      answer.pass(bytes, 0, bytes.length);
      byte[] told = answer.rest();
      assertThat(answer.failure() == null).as("seed %d", seed).isEqualTo(answer.whole());
      assertThat(told.length > 0).isEqualTo(answer.whole());
    }
  }
}
