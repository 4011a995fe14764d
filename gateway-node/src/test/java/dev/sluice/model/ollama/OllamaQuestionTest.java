package dev.sluice.model.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OllamaQuestionTest {
  private static final CallerDialect CHAT = OllamaCall.chat(() -> 0);
  private static final CallerDialect GENERATE = OllamaCall.generate(() -> 0);
  private static final String MESSAGES = "'messages':[{'role':'user','content':'one two'}]";
  private static final String PNG = "iVBORw0KGgoAAAA=";

  private static QuestionRead read(CallerDialect dialect, String json) {
    return dialect.read(
        "/api/x", "application/json", json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static Question good(CallerDialect dialect, String json) {
    QuestionRead read = read(dialect, json);
    assertThat(read).isInstanceOf(QuestionRead.Good.class);
    return ((QuestionRead.Good) read).question();
  }

  private static Conversation chat(String json) throws UnsayableException {
    return good(CHAT, "{'model':'m'," + json + "}").conversation();
  }

  @Test
  void readsTheEnvelope() {
    Envelope envelope = good(
            CHAT,
            "{'model':'m','messages':[{'role':'system','content':'be brief'},{'role':'user','content':'one two'},"
                + "{'role':'assistant','content':'three'}],'options':{'num_predict':70}}")
        .envelope();
    assertThat(envelope.model()).isEqualTo("m");
    assertThat(envelope.stream()).as("streams unless told otherwise").isTrue();
    assertThat(envelope.outputCap()).isEqualTo(70);
    assertThat(envelope.words()).isEqualTo(5);
    assertThat(envelope.lastUserText()).isEqualTo("one two");
    assertThat(envelope.inputBound())
        .isGreaterThanOrEqualTo("be briefone twothree".length() + 3 * 16 + 32);
    assertThat(envelope.unbounded()).isNull();
    assertThat(good(CHAT, "{'model':'m','stream':false," + MESSAGES + "}").envelope().stream())
        .isFalse();
    assertThat(good(GENERATE, "{'model':'m','prompt':'one two'}").envelope().lastUserText())
        .isEqualTo("one two");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      chat     | {'model':'m','messages':[{'role':'user','content':'a','images':['x']}]}  | messages[0].images
      generate | {'model':'m','prompt':'a','images':['x']}                                | images
      generate | {'model':'m','prompt':'a','context':[1,2]}                               | context
      """)
  void namesWhatItsBytesDoNotBound(String shape, String json, String field) {
    CallerDialect dialect = shape.equals("chat") ? CHAT : GENERATE;
    assertThat(good(dialect, json).envelope().unbounded()).isEqualTo(field);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {'model':'m', M,'options':{'num_predict':5}}            | {'model':'m', M,'options':{'num_predict':5}}
      {'model':'m',M,'options':{'num_predict':500}}           | {'model':'m',M,'options':{'num_predict':100}}
      {'model':'m',M,'options':{'num_predict':-1}}            | {'model':'m',M,'options':{'num_predict':100}}
      {'model':'m',M,'options':{'num_predict':0,'seed':1}}    | {'model':'m',M,'options':{'num_predict':100,'seed':1}}
      {'model':'m',M,'options':{'num_predict':null}}          | {'model':'m',M,'options':{'num_predict':100}}
      {'model':'m',M,'options':{'seed':1}}                    | {'model':'m',M,'options':{'num_predict':100,'seed':1}}
      {'model':'m',M,'options':null}                          | {'model':'m',M,'options':{'num_predict':100}}
      {'model':'x',M}                                         | {'options':{'num_predict':100},'model':'m',M}
      {'model':'m',M,'options.num_predict':1,'options':{'num_predict':500}} | {'model':'m',M,'options.num_predict':1,'options':{'num_predict':100}}
      """)
  void theCapIsAlwaysSent(String json, String expected) {
    byte[] body = good(CHAT, json.replace("M", MESSAGES)).bodyFor(new Terms("m", 100, ""));
    assertThat(new String(body, StandardCharsets.UTF_8).replace('"', '\''))
        .isEqualTo(expected.replace("M", MESSAGES));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {'messages':[]}                                                        | model
      {'model':'m','messages':{}}                                            | messages
      {'model':'m','messages':['a']}                                         | messages[0]
      {'model':'m','messages':[{'role':'user','content':7}]}                 | messages[0].content
      {'model':'m','messages':[{'role':'user','Images':['x']}]}              | messages[0].Images
      {'model':'m','messages':[],'options':{'num_predict':1},'Options':{'num_predict':9}} | Options
      {'model':'m','messages':[],'opti\u00f6ns':{}}                          | opti\u00f6ns
      {'model':'m','messages':[],'options':{'num_predict':'9'}}              | options.num_predict
      {'model':'m','messages':[],'options':{'num_predict':1e5}}              | options.num_predict
      {'model':'m','messages':[],'options':[]}                               | options
      {'model':'m','messages':[],'stream':'no'}                              | stream
      """)
  void namesTheFieldThatCanNotBeTaken(String json, String field) {
    assertThat(read(CHAT, json))
        .isInstanceOfSatisfying(
            QuestionRead.Bad.class, bad -> assertThat(bad.field()).isEqualTo(field));
  }

  @Test
  void readsAToolLoop() throws UnsayableException {
    Conversation read = chat(
        "'messages':[{'role':'system','content':'s'},{'role':'user','content':'q','images':['" + PNG
            + "']},"
            + "{'role':'assistant','content':'','thinking':'T','tool_calls':[{'function':{'name':'f','arguments':{'x':1}}},{'id':'own','function':{'name':'g'}}]},"
            + "{'role':'tool','tool_name':'g','content':'2'},{'role':'tool','content':'1'}],"
            + "'tools':[{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object'}}}]");
    assertThat(read.system()).containsExactly(new Part.Text("messages[0].content", "s"));
    assertThat(read.turns().get(0).parts())
        .containsExactly(
            new Part.Image("messages[1].images[0]", new Part.Source.Bytes("image/png", PNG), ""),
            new Part.Text("messages[1].content", "q"));
    Turn answer = read.turns().get(1);
    assertThat(answer.parts().get(0))
        .isEqualTo(new Part.Thought("messages[2].thinking", "T", null));
    assertThat(answer.parts().get(1)).isInstanceOfSatisfying(Part.ToolUse.class, call -> {
      assertThat(call.id()).isEqualTo("call_0");
      assertThat(call.arguments()).hasToString("{\"x\":1}");
    });
    assertThat(((Part.ToolResult) read.turns().get(2).parts().get(0)).id()).isEqualTo("own");
    Part.ToolResult second = (Part.ToolResult) read.turns().get(3).parts().get(0);
    assertThat(second.id()).isEqualTo("call_0");
    assertThat(second.name()).isEqualTo("f");
    assertThat(read.tools()).hasSize(1);
    assertThat(read.beyond()).isEmpty();
  }

  @Test
  void readsWhatSamplesAndShapesTheAnswer() throws UnsayableException {
    Conversation read = chat(MESSAGES
        + ",'options':{'temperature':0.5,'top_p':0.9,'top_k':40,'seed':7,'stop':['x'],'num_ctx':4096},"
        + "'format':{'type':'object'},'think':'low','keep_alive':'5m'");
    assertThat(read.sampling().temperature()).isEqualTo(new Said<>(0.5, "options.temperature"));
    assertThat(read.sampling().topK()).isEqualTo(new Said<>(40L, "options.top_k"));
    assertThat(read.sampling().stop()).isEqualTo(new Said<>(List.of("x"), "options.stop"));
    assertThat(read.format()).isNotNull();
    assertThat(read.format().value()).isInstanceOf(Format.Schema.class);
    assertThat(read.reasoning())
        .isEqualTo(new Said<>(new Reasoning.Effort(Reasoning.Level.LOW), "think"));
    assertThat(read.beyond()).isEmpty();
  }

  /** As Ollama's Python library sends what it was not told. */
  @Test
  void emptyFieldsWereNotSaid() throws UnsayableException {
    Conversation read = good(
            GENERATE,
            "{'model':'m','prompt':'q','suffix':'','system':'','template':'','context':[],'raw':false,'format':'','options':{},'stream':false}")
        .conversation();
    assertThat(read.beyond()).isEmpty();
    assertThat(read.system()).isEmpty();
    assertThat(chat(MESSAGES + ",'tools':[],'format':null,'logprobs':false").beyond())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'raw':true                         | raw
      'template':'{{.Prompt}}'           | template
      'context':[1]                      | context
      'suffix':'x'                       | suffix
      'logprobs':true                    | logprobs
      'options':{'mirostat':1}           | options.mirostat
      'options':{'repeat_penalty':1.1}   | options.repeat_penalty
      'width':100                        | width
      """)
  void whatOnlyOllamaHasIsNamed(String field, String named) throws UnsayableException {
    assertThat(good(GENERATE, "{'model':'m','prompt':'q'," + field + "}")
            .conversation()
            .beyond())
        .containsExactly(new Said<>(named, named));
  }
}
