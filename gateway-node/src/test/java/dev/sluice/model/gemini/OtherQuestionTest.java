package dev.sluice.model.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.anthropic.AnthropicModels;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Pieces;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OtherQuestionTest {
  private static QuestionRead read(String method, String json) {
    return new GenerateContent()
        .read(
            "/v1beta/models/m:" + method,
            "application/json",
            json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static Question good(String method, String json) {
    QuestionRead read = read(method, json);
    assertThat(read).isInstanceOf(QuestionRead.Good.class);
    return ((QuestionRead.Good) read).question();
  }

  private static String body(Question question) {
    return new String(question.bodyFor(new Terms("other", 0, "")), StandardCharsets.UTF_8)
        .replace('"', '\'');
  }

  @Test
  void theModelIsSetWhereverItStands() {
    assertThat(
            body(
                good(
                    "batchEmbedContents",
                    "{'requests':[{'model':'models/m','content':{'parts':[{'text':'a'}]}},{'content':{}}]}")))
        .isEqualTo(
            "{'requests':[{'model':'models/other','content':{'parts':[{'text':'a'}]}},{'content':{}}]}");
    assertThat(body(good(
            "countTokens",
            "{'generateContentRequest':{'model':'models/m','contents':[{'parts':[]}]}}")))
        .isEqualTo("{'generateContentRequest':{'model':'models/other','contents':[{'parts':[]}]}}");
    assertThat(body(good("embedContent", "{ 'content':{}}"))).isEqualTo("{ 'content':{}}");
    assertThat(good("embedContent", "{'content':{}}").pathFor(new Terms("other", 0, "")))
        .isEqualTo("/models/other:embedContent");
  }

  @Test
  void theyHaveAnInputAndNoOutput() {
    Question question = good("embedContent", "{'content':{'parts':[{'text':'one two'}]}}");
    assertThat(question.envelope().outputCap()).isZero();
    assertThat(question.envelope().inputBound()).isGreaterThan(7);
    assertThat(question.envelope().stream()).isFalse();
    assertThat(good("embedContent", "{'content':{'parts':[{'inlineData':{}}]}}")
            .envelope()
            .unbounded())
        .isEqualTo("content.parts[0].inlineData");
    assertThat(good("batchEmbedContents", "{'requests':[{'content':{}},{'content':{}}]}")
            .envelope()
            .contexts())
        .isEqualTo(2);
    assertThat(read("batchEmbedContents", "{}")).isInstanceOf(QuestionRead.Bad.class);
  }

  @Test
  void onlyGeminisOwnApiHasThem() {
    assertThatThrownBy(() -> good("countTokens", "{'contents':[{'parts':[]}]}").conversation())
        .isInstanceOf(UnsayableException.class)
        .hasMessage("the model's provider has no countTokens");
  }

  @Test
  void whatShallBeCountedCanBeCountedHere() throws UnsayableException {
    Conversation asked = CountedTokens.asked(
        good("countTokens", "{'generateContentRequest':{'contents':[{'parts':[{'text':'a'}]}]}}"));
    assertThat(asked).isNotNull();
    assertThat(asked.turns()).hasSize(1);
    assertThat(CountedTokens.asked(good("embedContent", "{'content':{}}"))).isNull();
    assertThat(CountedTokens.answer(7)).asString().isEqualTo("{\"totalTokens\":7}");
  }

  @Test
  void countsAreFreeAndEmbeddingsCostWhatTheyTell() {
    AnswerTap count =
        new GenerateContent().tap(good("countTokens", "{'contents':[{'parts':[]}]}"), false);
    Pieces.passed(count, "{\"totalTokens\":9}", new Random(1));
    assertThat(count.usage()).isEqualTo(TokenUsage.NONE);
    AnswerTap embedding = new GenerateContent().tap(good("embedContent", "{'content':{}}"), false);
    assertThat(embedding.usage()).isNull();
    Pieces.passed(
        embedding,
        "{\"embedding\":{\"values\":[1]},\"usageMetadata\":{\"promptTokenCount\":4}}",
        new Random(1));
    assertThat(embedding.usage()).isEqualTo(TokenUsage.of(4, 0));
  }

  @Test
  void modelsAreListed() {
    assertThat(GeminiModels.list(List.of("a")))
        .asString()
        .isEqualTo(
            "{\"models\":[" + new String(GeminiModels.one("a"), StandardCharsets.UTF_8) + "]}")
        .contains("\"name\":\"models/a\"");
    assertThat(AnthropicModels.list(List.of()))
        .asString()
        .isEqualTo("{\"data\":[],\"has_more\":false,\"first_id\":null,\"last_id\":null}");
    assertThat(AnthropicModels.list(List.of("a", "b")))
        .asString()
        .endsWith("\"first_id\":\"a\",\"last_id\":\"b\"}");
  }
}
