package dev.sluice.model.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OllamaEmbedTest {
  private static QuestionRead read(OllamaEmbed call, String json) {
    return call.read("/api/embed", "", json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static Question question(OllamaEmbed call, String json) {
    return ((QuestionRead.Good) read(call, json)).question();
  }

  @Test
  void passesAsItIsButForTheModel() {
    Question asked = question(OllamaEmbed.EMBED, "{'input': ['a', 'bb'],  'model':'m'}");
    assertThat(asked.envelope().model()).isEqualTo("m");
    assertThat(asked.envelope().outputCap()).isZero();
    assertThat(asked.envelope().inputBound()).isGreaterThanOrEqualTo(3);
    assertThat(asked.pathFor(new Terms("m", 0, ""))).isEqualTo("/api/embed");
    assertThat(new String(asked.bodyFor(new Terms("m", 0, "")), StandardCharsets.UTF_8))
        .isEqualTo("{\"input\": [\"a\", \"bb\"],  \"model\":\"m\"}");
    assertThat(new String(asked.bodyFor(new Terms("n", 0, "")), StandardCharsets.UTF_8))
        .isEqualTo("{\"input\": [\"a\", \"bb\"],  \"model\":\"n\"}");
    assertThat(question(OllamaEmbed.EMBEDDINGS, "{'prompt':'a','model':'m'}")
            .pathFor(new Terms("m", 0, "")))
        .isEqualTo("/api/embeddings");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      []                             | body
      {'input':'a'}                  | model
      {'model':7,'input':'a'}        | model
      {'model':'m','input':[7]}      | input
      {'model':'m','Input':'a'}      | Input
      """)
  void namesTheFieldThatIsWrong(String json, String field) {
    assertThat(read(OllamaEmbed.EMBED, json))
        .isInstanceOfSatisfying(
            QuestionRead.Bad.class, bad -> assertThat(bad.field()).isEqualTo(field));
  }

  @Test
  void usageIsFoundHoweverTheAnswerIsSplit() {
    byte[] answer =
        "{\"model\":\"m\",\"embeddings\":[[0.1,-2e3]],\"prompt_eval_count\":42,\"x\":{\"prompt_eval_count\":7}}"
            .getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at <= answer.length; at++) {
      AnswerTap tap = OllamaEmbed.EMBED.tap(question(OllamaEmbed.EMBED, "{'model':'m'}"), false);
      tap.pass(answer, 0, at);
      tap.pass(answer, at, answer.length);
      assertThat(tap.usage()).isEqualTo(TokenUsage.of(42, 0));
    }
  }

  @Test
  void noiseHarmsNothing() {
    for (int seed = 0; seed < 2000; seed++) {
      byte[] noise = new byte[64];
      new Random(seed).nextBytes(noise);
      AnswerTap tap = OllamaEmbed.EMBED.tap(question(OllamaEmbed.EMBED, "{'model':'m'}"), false);
      assertThat(tap.pass(noise, 0, noise.length)).isEqualTo(noise);
      assertThat(tap.usage()).isNull();
      assertThat(read(OllamaEmbed.EMBED, new String(noise, StandardCharsets.ISO_8859_1)))
          .isInstanceOf(QuestionRead.Bad.class);
    }
  }
}
