package dev.sluice.model.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Terms;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiQuestionTest {
  private static final String PATH = "/v1beta/models/gemini-2.5-flash:generateContent";
  private static final String CONTENTS =
      "'contents':[{'role':'user','parts':[{'text':'one two'}]}]";

  private static QuestionRead read(String path, String json) {
    return new GenerateContent()
        .read(path, "application/json", json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static Question good(String json) {
    QuestionRead read = read(PATH, json);
    assertThat(read).isInstanceOf(QuestionRead.Good.class);
    return ((QuestionRead.Good) read).question();
  }

  private static String body(String json, long cap) {
    return new String(good(json).bodyFor(new Terms("other", cap, "")), StandardCharsets.UTF_8)
        .replace('"', '\'');
  }

  @Test
  void readsTheEnvelope() {
    Envelope envelope = good("{'systemInstruction':{'parts':{'text':'be brief'}},'contents':["
            + "{'parts':[{'text':'one'},{'text':'two'}]},{'role':'model','parts':[{'text':'three'}]},"
            + "{'role':'user','parts':[{'functionResponse':{'name':'f','response':{}}}]}],"
            + "'generationConfig':{'maxOutputTokens':'70','candidateCount':2}}")
        .envelope();
    assertThat(envelope.model()).isEqualTo("gemini-2.5-flash");
    assertThat(envelope.stream()).isFalse();
    assertThat(envelope.choices()).isEqualTo(2);
    assertThat(envelope.outputCap()).isEqualTo(70);
    assertThat(envelope.words()).isEqualTo(5);
    assertThat(envelope.lastUserText()).isEqualTo("one two");
    assertThat(envelope.unbounded()).isNull();
  }

  @Test
  void theInputBoundIsAtLeastEveryByteOfText() {
    String text = "gr\u00fc\u00df \ud83d\ude00";
    Envelope envelope = good("{'contents':[{'parts':[{'text':'" + text
            + "'}]}],'tools':[{'functionDeclarations':"
            + "[{'name':'weather','parameters':{'type':'OBJECT'}}]}]}")
        .envelope();
    int bytes =
        text.getBytes(StandardCharsets.UTF_8).length + "nameweatherparameterstypeOBJECT".length();
    assertThat(envelope.inputBound()).isGreaterThanOrEqualTo(bytes + 16 * 2 + 32);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      /v1beta/models/m:generateContent                     | m             | false | /models/m:generateContent
      /v1/models/models/m:streamGenerateContent            | m             | true  | /models/m:streamGenerateContent
      /v1beta/models/m:streamGenerateContent?alt=sse       | m             | true  | /models/m:streamGenerateContent?alt=sse
      /v1beta/models/m:streamGenerateContent?key=k&alt=sse | m             | true  | /models/m:streamGenerateContent?alt=sse
      /x/v1beta/tunedModels/m-1:generateContent            | tunedModels/m-1 | false | /tunedModels/m-1:generateContent
      /v1beta/models/llama3:8b:generateContent             | llama3:8b     | false | /models/llama3:8b:generateContent
      /v1beta/models/meta%2Fllama%203:generateContent      | meta/llama 3  | false | /models/meta/llama%203:generateContent
      /v1/projects/p/locations/l/publishers/google/models/m:generateContent | m | false | /models/m:generateContent
      """)
  void theModelAndTheWayOfStreamingStandInThePath(
      String path, String model, boolean stream, String native_) {
    QuestionRead read = read(path, "{" + CONTENTS + "}");
    assertThat(read).isInstanceOf(QuestionRead.Good.class);
    Question question = ((QuestionRead.Good) read).question();
    assertThat(question.envelope().model()).isEqualTo(model);
    assertThat(question.envelope().stream()).isEqualTo(stream);
    assertThat(question.pathFor(new Terms(model, 1, ""))).isEqualTo(native_);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {'contents':[{'parts':[{'inlineData':{}}]}]}                                              | contents[0].parts[0].inlineData
      {'contents':[{'parts':[{'text':'a'},{'file_data':{}}]}]}                                  | contents[0].parts[1].file_data
      {'contents':[{'parts':[{'functionResponse':{'name':'f','parts':[{}]}}]}]}                 | contents[0].parts[0].functionResponse.parts
      {'contents':[{'parts':[{'text':'a'}]}],'cachedContent':'c'}                               | cachedContent
      {'contents':[{'parts':[{'text':'a'}]}],'tools':[{'functionDeclarations':[]},{'googleSearch':{}}]} | tools[1].googleSearch
      {'contents':[{'parts':[{'text':'a'}]}],'tools':{'code_execution':{}}}                     | tools.code_execution
      {'contents':[{'parts':[{'text':'a'}]}],'generationConfig':{'responseModalities':['TEXT','IMAGE']}} | generationConfig.responseModalities
      """)
  void namesWhatItsBytesDoNotBound(String json, String field) {
    assertThat(good(json).envelope().unbounded()).isEqualTo(field);
  }

  @Test
  void leavesABodyAloneThatNeedsNothing() {
    String json =
        "{ 'generationConfig' : {'maxOutputTokens' :5,'temperature':0.10}," + CONTENTS + "}";
    assertThat(body(json, 10)).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {C,'generationConfig':{'maxOutputTokens':'500'}}        | {C,'generationConfig':{'maxOutputTokens':100}}
      {C,'generation_config':{'max_output_tokens':500}}       | {C,'generation_config':{'max_output_tokens':100}}
      {C,'generationConfig':{'maxOutputTokens':0}}            | {C,'generationConfig':{'maxOutputTokens':100}}
      {C,'generationConfig':{'topK':1}}                       | {C,'generationConfig':{'maxOutputTokens':100,'topK':1}}
      {C,'generation_config':{'topK':1}}                      | {C,'generation_config':{'maxOutputTokens':100,'topK':1}}
      {C,'generationConfig':null}                             | {C,'generationConfig':{'maxOutputTokens':100}}
      {C}                                                     | {'generationConfig':{'maxOutputTokens':100},C}
      {'model':'models/x',C,'generationConfig':{'maxOutputTokens':9}} | {'model':'models/other',C,'generationConfig':{'maxOutputTokens':9}}
      """)
  void setsTheCapInTheCallersOwnSpelling(String json, String expected) {
    assertThat(
            body(json.replace("C", CONTENTS).replace("generation" + CONTENTS, "generationC"), 100))
        .isEqualTo(expected.replace("C", CONTENTS).replace("generation" + CONTENTS, "generationC"));
  }

  /** Read as one here and as the other upstream, two spellings of the cap would be a way past the quota. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {'contents':[{'parts':[]}],'generationConfig':{'maxOutputTokens':1,'max_output_tokens':9}}  | max_output_tokens
      {'contents':[{'parts':[]}],'generationConfig':{},'generation_config':{'maxOutputTokens':9}} | generation_config
      {'contents':[{'parts':[]}],'generationConfig':{'maxOutputTokens':1,'maxOutputTokens':9}}    | body
      {'contents':[{'parts':[]}],'generationConfig':{'maxOutputTokens':1e3}}                      | maxOutputTokens
      {'contents':[{'parts':[]}],'generationConfig':{'maxOutputTokens':-1}}                       | maxOutputTokens
      {'contents':[{'parts':[]}],'generationConfig':{'candidateCount':0}}                         | candidateCount
      {'contents':[{'parts':[]}],'generationConfig':[]}                                           | generationConfig
      {'contents':'hello'}                                                                        | contents
      {'contents':['hello']}                                                                      | contents[0]
      {'contents':[{'parts':['hello']}]}                                                          | contents[0].parts[0]
      {'contents':[]}                                                                             | contents
      {}                                                                                          | contents
      """)
  void namesTheFieldThatCanNotBeTaken(String json, String field) {
    QuestionRead read = read(PATH, json);
    assertThat(read).isInstanceOf(QuestionRead.Bad.class);
    assertThat(((QuestionRead.Bad) read).field()).contains(field);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1beta/models/m:embedText, method",
    "/v1beta/models/m, model",
    "/v1beta/models/:generateContent, model",
    "/v1beta/models/%zz:generateContent, model",
    "/v1beta/models/..%2F..%2Fx:generateContent, model",
    "/v1beta/other, model"
  })
  void refusesOtherPaths(String path, String field) {
    assertThat(read(path, "{" + CONTENTS + "}"))
        .isInstanceOfSatisfying(
            QuestionRead.Bad.class, bad -> assertThat(bad.field()).isEqualTo(field));
  }
}
