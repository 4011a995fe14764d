package dev.sluice.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Terms;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatQuestionTest {
  private static final String MESSAGES =
      "\"messages\":[{\"role\":\"user\",\"content\":\"one two\"}]";

  private static Question good(String json) {
    QuestionRead read = ChatQuestion.read(json.getBytes(StandardCharsets.UTF_8));
    assertThat(read).isInstanceOf(QuestionRead.Good.class);
    return ((QuestionRead.Good) read).question();
  }

  private static QuestionRead.Bad bad(String json) {
    QuestionRead read = ChatQuestion.read(json.getBytes(StandardCharsets.UTF_8));
    assertThat(read).isInstanceOf(QuestionRead.Bad.class);
    return (QuestionRead.Bad) read;
  }

  private static String body(String json, String model, long cap) {
    return new String(
        good(json).bodyFor(new Terms(model, cap, "max_tokens")), StandardCharsets.UTF_8);
  }

  @Test
  void readsTheEnvelope() {
    Question request = good("""
        {"model": "m", "stream": true, "stream_options": {"include_usage": true}, "n": 2, "max_completion_tokens": 70,
         "messages": [{"role": "system", "content": "be brief"},
                      {"role": "user", "content": [{"type": "text", "text": "one  two"}, {"type": "text", "text": "three"}]}]}
        """);
    assertThat(request.envelope().model()).isEqualTo("m");
    assertThat(request.envelope().stream()).isTrue();
    assertThat(request.hidesUsage()).isFalse();
    assertThat(request.envelope().choices()).isEqualTo(2);
    assertThat(request.envelope().outputCap()).isEqualTo(70);
    assertThat(request.envelope().words()).isEqualTo(5);
    assertThat(request.envelope().lastUserText()).isEqualTo("one  two three");
    assertThat(request.envelope().unbounded()).isNull();
  }

  @Test
  void theInputBoundIsAtLeastEveryByteOfText() {
    Question request = good(
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"gr\u00fc\u00df \ud83d\ude00\"}],"
            + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"description\":\"d\"}}]}");
    int text = "gr\u00fc\u00df \ud83d\ude00".getBytes(StandardCharsets.UTF_8).length;
    int tools = "typefunctionfunctionnameweatherdescriptiond".length();
    assertThat(request.envelope().inputBound()).isGreaterThanOrEqualTo(text + tools);
  }

  @Test
  void namesTheFirstPartThatItsBytesDoNotBound() {
    Question request = good(
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
            + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://example.com/cat.png\"}}]}]}");
    assertThat(request.envelope().unbounded()).isEqualTo("messages[0].content[1]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'previous_response_id':'resp_1'|previous_response_id",
        "'conversation':{'id':'c'}|conversation",
        "'web_search_options':{}|web_search_options",
        "'tools':[{'type':'function','function':{}},{'type':'web_search'}]|tools[1]",
        "'messages':[{'role':'assistant','audio':{'id':'a'}}]|messages[0].audio",
        "'messages':[{'role':'user','content':[{'type':'file','file':{'file_id':'f'}}]}]|messages[0].content[0]",
        "'messages':[{'role':'user','content':[{'type':'input_audio'}]}]|messages[0].content[0]",
      })
  void whatIsStoredOrFetchedByTheProviderIsNotBoundedByItsBytes(String field, String named) {
    String json = field.replace('\'', '"');
    String all = json.contains("messages") ? json : json + "," + MESSAGES;
    assertThat(good("{\"model\":\"m\"," + all + "}").envelope().unbounded()).isEqualTo(named);
  }

  @Test
  void toolsThatTheCallerRunsAndEmptyFieldsAreBoundedByTheirBytes() {
    Question request =
        good("{\"model\":\"m\",\"previous_response_id\":null,\"tools\":[{\"type\":\"function\","
            + "\"function\":{\"parameters\":{\"type\":\"web\"}}},{\"type\":\"custom\"}]," + MESSAGES
            + "}");
    assertThat(request.envelope().unbounded()).isNull();
  }

  @Test
  void predictedTokensAreHeldOnTopOfTheCap() {
    Question request =
        good("{\"model\":\"m\",\"prediction\":{\"type\":\"content\",\"content\":\"abc def\"},"
            + MESSAGES + "}");
    assertThat(request.envelope().predictedTokens()).isGreaterThanOrEqualTo("abc def".length());
  }

  @Test
  void leavesABodyAloneThatNeedsNothing() {
    String json = "{\"model\":\"m\",  \"max_tokens\" : 5,\"temperature\":0.10," + MESSAGES + "}";
    assertThat(body(json, "m", 10)).isEqualTo(json);
  }

  @Test
  void changesOnlyTheFieldsThatItMustSet() {
    String json =
        "{\"model\":\"m\", \"x\":{\"model\":\"inner\"},\"max_tokens\":500,\"stream\":true,"
            + MESSAGES + " }";
    assertThat(body(json, "other", 100))
        .isEqualTo(
            "{\"stream_options\":{\"include_usage\":true},\"model\":\"other\", \"x\":{\"model\":\"inner\"},"
                + "\"max_tokens\":100,\"stream\":true," + MESSAGES + " }");
  }

  @Test
  void addsACapWhereTheCallerSentNone() {
    assertThat(body("{\"model\":\"m\"," + MESSAGES + "}", "m", 100))
        .isEqualTo("{\"max_tokens\":100,\"model\":\"m\"," + MESSAGES + "}");
    assertThat(body("{\"max_tokens\":null,\"model\":\"m\"," + MESSAGES + "}", "m", 100))
        .as("never twice")
        .isEqualTo("{\"max_tokens\":100,\"model\":\"m\"," + MESSAGES + "}");
  }

  @Test
  void cutsBothCapsIfTheCallerSentTwo() {
    assertThat(body(
            "{\"max_tokens\":900,\"max_completion_tokens\":50,\"model\":\"m\"," + MESSAGES + "}",
            "m",
            20))
        .isEqualTo(
            "{\"max_tokens\":20,\"max_completion_tokens\":20,\"model\":\"m\"," + MESSAGES + "}");
  }

  /** Such a server would answer without a cap. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {"max_completion_tokens" : 900,"model":"m"                          | {"max_tokens":100,"model":"m"
      {"max_completion_tokens" : 50,"model":"m"                           | {"max_tokens":50,"model":"m"
      {"model":"m", "max_completion_tokens":50                            | {"model":"m", "max_tokens":50
      {"max_tokens":null,"model":"m","max_completion_tokens":50           | {"max_tokens":50,"model":"m","max_completion_tokens":null
      """)
  void theCapStandsInTheFieldThatTheProviderKnows(String sent, String expected) {
    assertThat(body(sent + "," + MESSAGES + "}", "m", 100))
        .isEqualTo(expected + "," + MESSAGES + "}");
  }

  @Test
  void capsUnderOtherNamesAreCutToo() {
    assertThat(body(
            "{\"model\":\"m\",\"max_tokens\":5,\"n_predict\":900,\"max_new_tokens\":-1,\"num_predict\":20,"
                + MESSAGES + "}",
            "m",
            100))
        .isEqualTo(
            "{\"model\":\"m\",\"max_tokens\":5,\"n_predict\":100,\"max_new_tokens\":100,\"num_predict\":20,"
                + MESSAGES + "}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"n", "best_of", "n_cmpl"})
  void answersThatAreMadeAndNotShownCountToo(String field) {
    assertThat(good("{\"model\":\"m\",\"" + field + "\":3," + MESSAGES + "}")
            .envelope()
            .choices())
        .isEqualTo(3);
  }

  @Test
  void whatAServerMayPutIntoThePromptIsCounted() {
    String document = "long ".repeat(100);
    assertThat(good("{\"model\":\"m\",\"documents\":[{\"text\":\"" + document + "\"}]," + MESSAGES
                + "}")
            .envelope()
            .inputBound())
        .isGreaterThan(document.length());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      "web_search_options":{}            | web_search_options
      "search_parameters":{"mode":"on"}  | search_parameters
      "enable_search":true               | enable_search
      "enable_search":false              |
      "plugins":[{"id":"web"}]           | plugins
      "plugins":null                     |
      """)
  void whatIsSearchedForHasNoBoundHere(String field, @Nullable String unbounded) {
    assertThat(
            good("{\"model\":\"m\"," + field + "," + MESSAGES + "}").envelope().unbounded())
        .isEqualTo(unbounded);
  }

  @ParameterizedTest
  @CsvSource({"priority, service_tier", "auto,", "default,", "flex,"})
  void aFasterAnswerIsDearer(String tier, @Nullable String dearer) {
    assertThat(good("{\"model\":\"m\",\"service_tier\":\"" + tier + "\"," + MESSAGES + "}")
            .envelope()
            .dearer())
        .isEqualTo(dearer);
  }

  @Test
  void keepsOtherStreamOptions() {
    String json =
        "{\"stream\":true,\"stream_options\":{\"include_obfuscation\":false},\"max_tokens\":1,\"model\":\"m\","
            + MESSAGES + "}";
    assertThat(body(json, "m", 1))
        .contains("\"stream_options\":{\"include_obfuscation\":false,\"include_usage\":true}");
  }

  /** Read as one value here and as the other upstream, a doubled cap would be a way past the quota. */
  @Test
  void refusesAFieldThatStandsTwice() {
    assertThat(bad("{\"model\":\"m\",\"max_tokens\":1,\"max_tokens\":9999," + MESSAGES + "}")
            .message())
        .contains("Duplicate field 'max_tokens'");
    assertThat(bad("{\"model\":\"m\",\"max_tokens\":1,\"max\\u005ftokens\":9999," + MESSAGES + "}")
            .message())
        .contains("Duplicate field 'max_tokens'");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      []                                                                  | body             | not a JSON object
      {"model":"m"                                                        | body             | not JSON
      {"model":"m","messages":[]} x                                       | body             | not JSON
      {"model":"m","messages":[{}]} {}                                    | body             | behind the request
      {"messages":[{"role":"user","content":"a"}]}                        | model            | name a model
      {"model":7,"messages":[{"role":"user","content":"a"}]}              | model            | must be a text
      {"model":"m"}                                                       | messages         | at least one message
      {"model":"m","messages":[]}                                         | messages         | at least one message
      {"model":"m","messages":{}}                                         | messages         | must be a list
      {"model":"m","messages":["a"]}                                      | messages[0]      | must be an object
      {"model":"m","messages":[{"role":"user","content":["a"]}]}          | messages[0].content[0] | must be an object
      {"model":"m","stream":"yes","messages":[{}]}                        | stream           | true or false
      {"model":"m","stream_options":[],"messages":[{}]}                   | stream_options   | must be an object
      {"model":"m","n":0,"messages":[{}]}                                 | n                | at least 1
      {"model":"m","n":1000,"messages":[{}]}                              | n                | at most 128
      {"model":"m","max_tokens":-1,"messages":[{}]}                       | max_tokens       | at least 1
      {"model":"m","max_tokens":0,"messages":[{}]}                        | max_tokens       | at least 1
      {"model":"m","max_completion_tokens":0,"messages":[{}]}             | max_completion_tokens | at least 1
      {"model":"m","best_of":1000,"messages":[{}]}                        | best_of          | at most 128
      {"model":"m","models":["dear"],"messages":[{}]}                     | models           | name one in model
      {"model":"m","MAX_TOKENS":9,"messages":[{}]}                        | MAX_TOKENS       | must be written max_tokens
      {"model":"m","max_toKens":9,"messages":[{}]}                        | max_toKens       | must be written max_tokens
      {"model":"m","Model":"dear","messages":[{}]}                        | Model            | must be written model
      {"model":"m","max_tokens":1.5,"messages":[{}]}                      | max_tokens       | whole number
      {"model":"m","max_tokens":99999999999999999999,"messages":[{}]}     | max_tokens       | whole number
      """)
  void namesTheFieldThatCanNotBeTaken(String json, String field, String message) {
    QuestionRead.Bad refusal = bad(json);
    assertThat(refusal.field()).isEqualTo(field);
    assertThat(refusal.message()).contains(message);
  }

  @Test
  void refusesWhatIsNestedTooDeep() {
    assertThat(bad("{\"model\":\"m\",\"x\":" + "[".repeat(5_000) + "]".repeat(5_000) + ","
                + MESSAGES + "}")
            .field())
        .isEqualTo("body");
  }
}
