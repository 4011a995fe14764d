package dev.sluice.model.openai;

import static dev.sluice.model.openai.Spoken.bad;
import static dev.sluice.model.openai.Spoken.good;
import static dev.sluice.model.openai.Spoken.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API before chats. */
class CompletionTest {
  private static final Completions DIALECT = new Completions();

  private static QuestionRead read(String json) {
    return DIALECT.read("/v1/completions", "application/json", json(json));
  }

  private static Question with(String fields) {
    return good(read("{'model':'m'," + fields + "}"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'prompt':'abc'                                    | 1   | 3
      'prompt':['abc','de']                             | 2   | 5
      'prompt':[1,2,3,4]                                | 1   | 4
      'prompt':[[1,2],[3]]                              | 2   | 3
      'prompt':'abc','n':3                              | 3   | 3
      'prompt':['a','b'],'n':2,'best_of':5              | 10  | 2
      'prompt':'a','n_cmpl':4                           | 4   | 1
      'prompt_embeds':['x','y','z']                     | 4   | 0
      'prompt':null                                     | 1   | 0
      'prompt':'a','suffix':'xyz'                       | 1   | 4
      """)
  void eachPromptHasAsManyAnswersAsAreMade(String fields, long choices, long tokens) {
    assertThat(with(fields).envelope().choices()).isEqualTo(choices);
    assertThat(with(fields).envelope().inputBound()).isGreaterThanOrEqualTo(tokens + 32);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {'prompt':'a'}                                    | model
      {'model':'m','prompt':5}                          | prompt
      {'model':'m','prompt':['a',5]}                    | prompt[1]
      {'model':'m','prompt':[1,'a']}                    | prompt[1]
      {'model':'m','prompt':'a','n':0}                  | n
      {'model':'m','prompt':'a','best_of':1000}         | best_of
      {'model':'m','prompt':'a','max_tokens':-1}        | max_tokens
      {'model':'m','prompt':'a','max_tokens':0}         | max_tokens
      {'model':'m','prompt':'a','Best_Of':5}            | Best_Of
      {'model':'m','prompt':'a','stream_options':5}     | stream_options
      """)
  void namesTheFieldThatCanNotBeTaken(String json, String field) {
    assertThat(bad(read(json)).field()).isEqualTo(field);
  }

  /** The usual cap is 16: without one nobody expects the most that the model can say. */
  @Test
  void theCapIsAlwaysSent() {
    assertThat(with("'prompt':'a'").envelope().outputCap()).isEqualTo(16);
    assertThat(body(with("'prompt':'a'"), 100))
        .isEqualTo("{\"max_tokens\":16,\"model\":\"m\",\"prompt\":\"a\"}");
    assertThat(body(with("'prompt':'a'"), 10)).contains("\"max_tokens\":10");
    assertThat(body(with("'max_tokens':50,'prompt':'a'"), 100))
        .isEqualTo("{\"model\":\"m\",\"max_tokens\":50,\"prompt\":\"a\"}");
    assertThat(body(with("'max_tokens':500,'prompt':'a'"), 100)).contains("\"max_tokens\":100");
    assertThat(body(with("'max_tokens':5,'n_predict':500,'prompt':'a'"), 100))
        .contains("\"n_predict\":100");
  }

  @Test
  void usageIsAskedForAndHiddenFromWhoDidNot() {
    assertThat(body(with("'prompt':'a','max_tokens':1,'stream':true"), 1))
        .startsWith("{\"stream_options\":{\"include_usage\":true},");
    assertThat(body(with("'prompt':'a','max_tokens':1,'stream':true,'stream_options':{'x':1}"), 1))
        .contains("\"stream_options\":{\"include_usage\":true,\"x\":1}");
    assertThat(with("'prompt':'a','stream_options':{'include_usage':true}").hidesUsage())
        .isFalse();
    assertThat(with("'prompt':'a'").hidesUsage()).isTrue();
  }

  private static String body(Question question, long cap) {
    return new String(question.bodyFor(new Terms("m", cap, "max_tokens")), StandardCharsets.UTF_8);
  }

  @Test
  void aSingleTextIsWhatAUserSays() throws Exception {
    Conversation said =
        with("'prompt':['abc'],'temperature':0,'stop':['x'],'n':2,'best_of':2,'echo':false,'user':'u'")
            .conversation();
    assertThat(said.turns())
        .containsExactly(new Turn(Turn.Role.USER, List.of(new Part.Text("prompt", "abc"))));
    assertThat(said.choices().value()).isEqualTo(2);
    assertThat(said.sampling().stop()).isEqualTo(new Said<>(List.of("x"), "stop"));
    assertThat(said.beyond()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'echo':true          | echo
      'suffix':'x'         | suffix
      'logprobs':0         | logprobs
      'best_of':3          | best_of
      'logit_bias':{'1':2} | logit_bias
      """)
  void whatNoOtherDialectHasIsNamed(String field, String at) throws Exception {
    assertThat(with("'prompt':'a'," + field).conversation().beyond())
        .extracting(Said::at)
        .containsExactly(at);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'prompt':['a','b']
      'prompt':[1,2]
      'prompt':null
      """)
  void severalPromptsAndTokensAreNoConversation(String prompt) {
    assertThat(catchThrowableOfType(UnsayableException.class, () -> with(prompt).conversation())
            .field())
        .isEqualTo("prompt");
  }

  @Test
  void answersAreWrittenAsChunksAndDocuments() {
    AnswerEvent[] events = {
      new AnswerEvent.Began(""),
      new AnswerEvent.Thought(0, "hm"),
      new AnswerEvent.Text(0, "so"),
      new AnswerEvent.Text(1, "x"),
      new AnswerEvent.Ended(0, Reason.LENGTH, ""),
      new AnswerEvent.Ended(1, Reason.STOP, ""),
      new AnswerEvent.Used(TokenUsage.of(5, 6))
    };
    Question question = with("'prompt':'a'");
    String head =
        "{\"id\":\"cmpl-a1\",\"object\":\"text_completion\",\"created\":1700000000,\"model\":\"m\",\"choices\":";
    String usage = Usage.chat(TokenUsage.of(5, 6)).toString();
    assertThat(Spoken.written(DIALECT.stream(question, Spoken.TERMS), events))
        .startsWith(
            "data: " + head
                + "[{\"text\":\"so\",\"index\":0,\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n")
        .contains("[{\"text\":\"\",\"index\":0,\"logprobs\":null,\"finish_reason\":\"length\"}]")
        .endsWith("data: " + head + "[],\"usage\":" + usage + "}\n\ndata: [DONE]\n\n");
    assertThat(Spoken.written(DIALECT.document(question, Spoken.TERMS), events))
        .isEqualTo(
            head + "[{\"text\":\"so\",\"index\":0,\"logprobs\":null,\"finish_reason\":\"length\"},"
                + "{\"text\":\"x\",\"index\":1,\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":"
                + usage + "}");
  }
}
