package dev.sluice.model.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiReaderTest {
  private static final String CONTENTS = "'contents':[{'role':'user','parts':[{'text':'a'}]}]";

  private static Conversation read(String json) throws UnsayableException {
    QuestionRead read = new GenerateContent()
        .read(
            "/v1beta/models/m:streamGenerateContent",
            "application/json",
            json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    assertThat(read).isInstanceOf(QuestionRead.Good.class);
    return ((QuestionRead.Good) read).question().conversation();
  }

  private static <T> T value(Said<T> said) {
    assertThat(said).isNotNull();
    return said.value();
  }

  @Test
  void readsRolesAndTextsAndJoinsNeighbours() throws UnsayableException {
    Conversation read = read("{'system_instruction':{'parts':{'text':'be brief'}},'contents':["
        + "{'parts':[{'text':'a'}]},{'role':'model','parts':[{'text':'b'}]},{'role':'model','parts':[{'text':'c'}]},"
        + "{'role':'user','parts':[{'text':'d'}]}]}");
    assertThat(read.system())
        .containsExactly(new Part.Text("system_instruction.parts", "be brief"));
    assertThat(read.turns())
        .containsExactly(
            new Turn(Turn.Role.USER, List.of(new Part.Text("contents[0].parts[0]", "a"))),
            new Turn(
                Turn.Role.ASSISTANT,
                List.of(
                    new Part.Text("contents[1].parts[0]", "b"),
                    new Part.Text("contents[2].parts[0]", "c"))),
            new Turn(Turn.Role.USER, List.of(new Part.Text("contents[3].parts[0]", "d"))));
    assertThat(read.stream()).isTrue();
    assertThat(read.beyond()).isEmpty();
  }

  @Test
  void readsMedia() throws UnsayableException {
    Conversation read =
        read("{'contents':[{'parts':[{'inlineData':{'mimeType':'image/png','data':'_-8'}},"
            + "{'file_data':{'file_uri':'gs://b/x.pdf','mime_type':'application/pdf'}},"
            + "{'inlineData':{'mimeType':'audio/wav','data':'AAAA'}}]}]}");
    assertThat(read.turns().get(0).parts())
        .containsExactly(
            new Part.Image("contents[0].parts[0]", new Part.Source.Bytes("image/png", "/+8="), ""),
            new Part.Document(
                "contents[0].parts[1]", new Part.Source.Url("application/pdf", "gs://b/x.pdf"), ""),
            new Part.Audio("contents[0].parts[2]", new Part.Source.Bytes("audio/wav", "AAAA")));
  }

  @Test
  void callsWithoutAnIdGetOneAndTheirResultsFindItByName() throws UnsayableException {
    List<Turn> turns =
        read("{'contents':[{'role':'model','parts':[{'functionCall':{'name':'f','args':{'x':1}}},"
                + "{'functionCall':{'name':'g'}},{'functionCall':{'name':'f'}},{'functionCall':{'id':'own','name':'h'}}]},"
                + "{'role':'function','parts':[{'functionResponse':{'name':'g','response':{'result':2}}},"
                + "{'functionResponse':{'name':'f','response':{}}},{'functionResponse':{'name':'f','response':{'error':'no'}}},"
                + "{'functionResponse':{'id':'own','name':'h','response':{}}}]}]}")
            .turns();
    assertThat(turns.get(0).parts())
        .extracting(part -> ((Part.ToolUse) part).id())
        .containsExactly("call_0", "call_1", "call_2", "own");
    assertThat(((Part.ToolUse) turns.get(0).parts().get(0)).arguments()).hasToString("{\"x\":1}");
    assertThat(turns.get(1).role()).isEqualTo(Turn.Role.USER);
    assertThat(turns.get(1).parts())
        .extracting(part -> ((Part.ToolResult) part).id())
        .containsExactly("call_1", "call_0", "call_2", "own");
    Part.ToolResult first = (Part.ToolResult) turns.get(1).parts().get(0);
    assertThat(first.content())
        .containsExactly(
            new Part.Text("contents[1].parts[0].functionResponse.response", "{\"result\":2}"));
    assertThat(((Part.ToolResult) turns.get(1).parts().get(2)).error()).isTrue();
  }

  @Test
  void thoughtsGoOnUntilTheirSignature() throws UnsayableException {
    List<Part> parts = read("{'contents':[{'role':'model','parts':[{'text':'T1','thought':true}]},"
            + "{'role':'model','parts':[{'text':'T2','thought':true},{'functionCall':{'name':'f'},'thoughtSignature':'c2ln'}]},"
            + "{'role':'model','parts':[{'text':'end','thoughtSignature':'eA=='}]}]}")
        .turns()
        .get(0)
        .parts();
    assertThat(parts.get(0))
        .isEqualTo(new Part.Thought(
            "contents[1].parts[1]", "T1T2", new Signature(Signature.Maker.GEMINI, "c2ln")));
    assertThat(parts.get(1)).isInstanceOf(Part.ToolUse.class);
    assertThat(parts.get(2))
        .isEqualTo(new Part.Thought(
            "contents[2].parts[0]", "", new Signature(Signature.Maker.GEMINI, "eA==")));
    assertThat(parts.get(3)).isEqualTo(new Part.Text("contents[2].parts[0]", "end"));
  }

  @Test
  void aForeignSignatureBringsItsThoughtAlongInEitherAlphabet() throws UnsayableException {
    Signature mark = new Signature(Signature.Maker.ANTHROPIC, "EqQB+/8=");
    String written = GeminiSignature.written(mark, "I thought \u00ff\u00ff?>");
    String url = written.replace('+', '-').replace('/', '_');
    for (String sent : List.of(written, url)) {
      List<Part> parts =
          read("{'contents':[{'role':'model','parts':[{'functionCall':{'name':'f'},'thoughtSignature':'"
                  + sent + "'}]}]}")
              .turns()
              .get(0)
              .parts();
      assertThat(parts.get(0))
          .isEqualTo(new Part.Thought("contents[0].parts[0]", "I thought \u00ff\u00ff?>", mark));
    }
    assertThat(Base64.getDecoder().decode(written)).isNotEmpty();
  }

  @Test
  void readsTools() throws UnsayableException {
    Conversation read = read("{" + CONTENTS
        + ",'tools':[{'functionDeclarations':[{'name':'f','description':'d','parameters':"
        + "{'type':'OBJECT','properties':{'a':{'type':'STRING','nullable':true,'enum':['x']},'b':{'type':'ARRAY','items':{'type':'INTEGER'},'minItems':'1'}},"
        + "'required':['a'],'propertyOrdering':['b','a']}},{'name':'g','parametersJsonSchema':{'type':'object'}}]}],"
        + "'toolConfig':{'functionCallingConfig':{'mode':'ANY','allowedFunctionNames':['g']}}}");
    assertThat(read.tools().get(0).parameters().toString().replace('"', '\''))
        .isEqualTo(
            "{'type':'object','properties':{'b':{'type':'array','items':{'type':'integer'},'minItems':1},"
                + "'a':{'type':['string','null'],'enum':['x',null]}},'required':['a']}");
    assertThat(read.tools().get(1).parameters()).hasToString("{\"type\":\"object\"}");
    assertThat(value(read.toolChoice())).isEqualTo(new ToolChoice.Named("g"));
  }

  @Test
  void readsWhatSamplesAndShapesTheAnswer() throws UnsayableException {
    Conversation read = read(
        "{" + CONTENTS + ",'generationConfig':{'temperature':0.5,'topP':0.9,'topK':40.0,'seed':7,"
            + "'presencePenalty':0.1,'frequency_penalty':0.2,'stopSequences':['x','y'],'candidateCount':2,'maxOutputTokens':5,"
            + "'responseMimeType':'application/json','responseSchema':{'type':'OBJECT'},'thinkingConfig':{'thinkingBudget':1000}}}");
    assertThat(value(read.sampling().temperature())).isEqualTo(0.5);
    assertThat(value(read.sampling().topP())).isEqualTo(0.9);
    assertThat(value(read.sampling().topK())).isEqualTo(40);
    assertThat(value(read.sampling().seed())).isEqualTo(7);
    assertThat(read.sampling().presencePenalty())
        .isEqualTo(new Said<>(0.1, "generationConfig.presencePenalty"));
    assertThat(read.sampling().frequencyPenalty())
        .isEqualTo(new Said<>(0.2, "generationConfig.frequency_penalty"));
    assertThat(value(read.sampling().stop())).containsExactly("x", "y");
    assertThat(read.choices().value()).isEqualTo(2);
    assertThat(value(read.format()))
        .isInstanceOfSatisfying(
            Format.Schema.class,
            schema -> assertThat(schema.schema()).hasToString("{\"type\":\"object\"}"));
    assertThat(value(read.reasoning())).isEqualTo(new Reasoning.Budget(1000));
    assertThat(read.beyond()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {'thinkingBudget':0}                     | Off[]
      {'thinkingBudget':-1}                    | Dynamic[]
      {'includeThoughts':true}                 | Dynamic[]
      {'thinkingLevel':'LOW'}                  | Effort[level=LOW]
      {'thinking_level':'high'}                | Effort[level=HIGH]
      {'includeThoughts':false}                | null
      """)
  void readsHowMuchToThink(String config, String expected) throws UnsayableException {
    Said<Reasoning> reasoning = read("{" + CONTENTS + ",'generationConfig':{'thinkingConfig':"
            + config + "}}")
        .reasoning();
    assertThat(reasoning == null ? "null" : reasoning.value().toString()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'tools':[{'googleSearch':{}}]                                                | tools[0].googleSearch
      'tools':[{'functionDeclarations':[{'name':'f','behavior':'NON_BLOCKING'}]}]  | tools[0].functionDeclarations[0].behavior
      'safetySettings':[{'category':'c'}]                                          | safetySettings
      'cachedContent':'c'                                                          | cachedContent
      'generationConfig':{'responseModalities':['IMAGE']}                          | generationConfig.responseModalities
      'generationConfig':{'responseLogprobs':true}                                 | generationConfig.responseLogprobs
      'generationConfig':{'speechConfig':{}}                                       | generationConfig.speechConfig
      'generationConfig':{'responseMimeType':'text/x.enum'}                        | generationConfig.responseMimeType
      'toolConfig':{'functionCallingConfig':{'mode':'VALIDATED'}}                  | toolConfig.functionCallingConfig.mode
      'toolConfig':{'retrievalConfig':{}}                                          | toolConfig.retrievalConfig
      'somethingNew':1                                                             | somethingNew
      """)
  void whatOnlyGeminiHasIsNamed(String field, String named) throws UnsayableException {
    assertThat(read("{" + CONTENTS + "," + field + "}").beyond())
        .containsExactly(new Said<>(named, named));
  }

  @Test
  void whatChangesNothingOfTheAnswerIsPassedOver() throws UnsayableException {
    assertThat(read("{" + CONTENTS
                + ",'safetySettings':[],'labels':{'a':'b'},'model':'m','generationConfig':"
                + "{'responseModalities':['TEXT'],'responseLogprobs':false},'tools':[{'functionDeclarations':[{'name':'f','response_json_schema':{}}]}]}")
            .beyond())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {'contents':[{'role':'assistant','parts':[{'text':'a'}]}]}                                   | contents[0].role
      {'contents':[{'parts':[{'text':7}]}]}                                                        | contents[0].parts[0].text
      {'contents':[{'role':'model','parts':[{'functionCall':{}}]}]}                                | contents[0].parts[0].functionCall.name
      {'contents':[{'role':'model','parts':[{'functionCall':{'name':'f','args':'x'}}]}]}           | contents[0].parts[0].functionCall.args
      {'contents':[{'parts':[{'functionResponse':{'name':'f','response':'x'}}]}]}                  | contents[0].parts[0].functionResponse.response
      {'contents':[{'parts':[{'inlineData':{'data':'x'}}]}]}                                       | contents[0].parts[0].inlineData
      {'contents':[{'parts':[{'inlineData':{'data':'x','mimeType':'video/mp4'}}]}]}                | contents[0].parts[0]
      {'contents':[{'parts':[{'text':'a'}]}],'generationConfig':{'temperature':'hot'}}             | generationConfig.temperature
      {'contents':[{'parts':[{'text':'a'}]}],'generationConfig':{'responseSchema':{}}}             | generationConfig.responseSchema
      {'contents':[{'parts':[{'text':'a'}]}],'systemInstruction':{'parts':[{'inlineData':{}}]}}    | systemInstruction.parts[0]
      {'contents':[{'parts':[{'text':'a'}]}],'toolConfig':{'functionCallingConfig':{'mode':'X'}}}  | toolConfig.functionCallingConfig.mode
      """)
  void namesTheFieldThatIsWrong(String json, String field) {
    UnsayableException thrown = catchThrowableOfType(UnsayableException.class, () -> {
      QuestionRead read = new GenerateContent()
          .read(
              "/v1beta/models/m:generateContent",
              "",
              json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
      if (read instanceof QuestionRead.Bad bad) {
        throw new UnsayableException(bad.field(), bad.message());
      }
      ((QuestionRead.Good) read).question().conversation();
    });
    assertThat(thrown.field()).isEqualTo(field);
  }
}
