package dev.sluice.model.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Terms;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesQuestionTest {
  private static final String MESSAGES =
      "\"messages\":[{\"role\":\"user\",\"content\":\"one two\"}]";

  private static Question good(String json) {
    QuestionRead read =
        new Messages().read("/v1/messages", "", json.getBytes(StandardCharsets.UTF_8));
    assertThat(read).isInstanceOf(QuestionRead.Good.class);
    return ((QuestionRead.Good) read).question();
  }

  private static String body(String json, String model, long cap) {
    return new String(good(json).bodyFor(new Terms(model, cap, "")), StandardCharsets.UTF_8);
  }

  @Test
  void readsTheEnvelope() {
    Envelope envelope = good("""
        {"model":"m","max_tokens":70,"stream":true,"system":[{"type":"text","text":"be brief"}],
         "messages":[{"role":"user","content":"first"},{"role":"assistant","content":"yes"},
                     {"role":"user","content":[{"type":"text","text":"one  two"},{"type":"text","text":"three"}]}]}
        """).envelope();
    assertThat(envelope.model()).isEqualTo("m");
    assertThat(envelope.stream()).isTrue();
    assertThat(envelope.outputCap()).isEqualTo(70);
    assertThat(envelope.choices()).isEqualTo(1);
    assertThat(envelope.words()).isEqualTo(7);
    assertThat(envelope.lastUserText()).isEqualTo("one  two three");
    assertThat(envelope.unbounded()).isNull();
    assertThat(envelope.inputBound())
        .isEqualTo("be brief".length()
            + "first".length()
            + "yes".length()
            + "one  two".length()
            + "three".length()
            + 16 * 5);
  }

  @Test
  void toolsCountWithWhatTheProviderPutsBeforeThem() {
    long bare =
        good("{\"model\":\"m\",\"max_tokens\":1," + MESSAGES + "}").envelope().inputBound();
    long tooled =
        good("{\"model\":\"m\",\"max_tokens\":1,\"tools\":[{\"name\":\"grüß\",\"input_schema\":{}}],"
                + MESSAGES + "}")
            .envelope()
            .inputBound();
    assertThat(tooled - bare)
        .isGreaterThanOrEqualTo(1024 + 16 + "namegrüßinput_schema".length() + 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'type':'image','source':{'type':'base64','media_type':'image/png','data':'aa'}}|messages[0].content[0]",
        "{'type':'document','source':{'type':'base64','media_type':'application/pdf','data':'aa'}}|messages[0].content[0]",
        "{'type':'document','source':{'type':'url','url':'https://example.com/a.pdf'}}|messages[0].content[0]",
        "{'type':'document','source':{'type':'file','file_id':'f'}}|messages[0].content[0]",
        "{'type':'document','source':{'type':'content','content':[{'type':'image','source':{}}]}}|messages[0].content[0].source.content[0]",
        "{'type':'tool_result','tool_use_id':'t','content':[{'type':'text','text':'a'},{'type':'image','source':{}}]}|messages[0].content[0].content[1]",
        "{'type':'web_search_tool_result','tool_use_id':'t','content':[]}|messages[0].content[0]",
        "{'type':'container_upload','file_id':'t'}|messages[0].content[0]",
      })
  void namesTheFirstBlockThatItsBytesDoNotBound(String block, String named) {
    String json = "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":["
        + block.replace('\'', '"') + "]}]}";
    assertThat(good(json).envelope().unbounded()).isEqualTo(named);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'tools':[{'name':'a','input_schema':{}},{'type':'web_search_20250305','name':'web_search'}]|tools[1]",
        "'tools':[{'type':'bash_20250124','name':'bash'}]|tools[0]",
        "'mcp_servers':[{'type':'url','url':'https://example.com','name':'x'}]|mcp_servers",
        "'container':'c1'|container",
      })
  void whatTheProviderBringsInIsNotBounded(String field, String named) {
    String json =
        "{\"model\":\"m\",\"max_tokens\":1," + field.replace('\'', '"') + "," + MESSAGES + "}";
    assertThat(good(json).envelope().unbounded()).isEqualTo(named);
  }

  @Test
  void textsToolCallsAndThoughtsAreBoundedByTheirBytes() {
    assertThat(good("""
        {"model":"m","max_tokens":1,"mcp_servers":[],"tools":[{"type":"custom","name":"a","input_schema":{}}],"messages":[
          {"role":"user","content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"a"}},
             {"type":"document","source":{"type":"content","content":"a"}},
             {"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"x"}]}]},
          {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"d"},
             {"type":"tool_use","id":"t","name":"a","input":{}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"ok"}]}]}
        """).envelope().unbounded()).isNull();
  }

  @Test
  void leavesABodyAloneThatNeedsNothing() {
    String json = "{\"model\":\"m\",  \"max_tokens\" : 5,\"temperature\":0.10," + MESSAGES + " }";
    assertThat(body(json, "m", 10)).isEqualTo(json);
  }

  @Test
  void changesOnlyModelAndCap() {
    String json =
        "{\"model\":\"m\", \"x\":{\"model\":\"inner\"},\"max_tokens\":500," + MESSAGES + " }";
    assertThat(body(json, "other", 100))
        .isEqualTo("{\"model\":\"other\", \"x\":{\"model\":\"inner\"},\"max_tokens\":100,"
            + MESSAGES + " }");
  }

  @Test
  void aBudgetOfThoughtsStaysBelowACutCap() {
    String json =
        "{\"model\":\"m\",\"max_tokens\":9000,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":8000},"
            + MESSAGES + "}";
    assertThat(body(json, "m", 9000)).isEqualTo(json);
    assertThat(body(json, "m", 8500)).contains("\"max_tokens\":8500", "\"budget_tokens\":8000");
    assertThat(body(json, "m", 4000)).contains("\"max_tokens\":4000", "\"budget_tokens\":3999");
    assertThat(body(json, "m", 1024)).contains("\"thinking\":{\"type\":\"disabled\"}");
  }

  @Test
  void countingHasNoCap() {
    QuestionRead read = new CountTokens()
        .read(
            "/v1/messages/count_tokens",
            "",
            ("{\"model\":\"m\"," + MESSAGES + "}").getBytes(StandardCharsets.UTF_8));
    Question question = ((QuestionRead.Good) read).question();
    assertThat(question.envelope().outputCap()).isZero();
    assertThat(new String(question.bodyFor(new Terms("n", 0, "")), StandardCharsets.UTF_8))
        .isEqualTo("{\"model\":\"n\"," + MESSAGES + "}");
    assertThat(question.pathFor(new Terms("n", 0, ""))).isEqualTo("/v1/messages/count_tokens");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      []                                                                                     | body        | not a JSON object
      {"model":"m"                                                                           | body        | not JSON
      {"max_tokens":1,"messages":[{"role":"user","content":"a"}]}                            | model       | name a model
      {"model":7,"max_tokens":1,"messages":[{"role":"user","content":"a"}]}                  | model       | name a model
      {"model":"m","messages":[{"role":"user","content":"a"}]}                               | max_tokens  | must say max_tokens
      {"model":"m","max_tokens":null,"messages":[{"role":"user","content":"a"}]}             | max_tokens  | whole number
      {"model":"m","max_tokens":-1,"messages":[{"role":"user","content":"a"}]}               | max_tokens  | at least 0
      {"model":"m","max_tokens":1.5,"messages":[{"role":"user","content":"a"}]}              | max_tokens  | whole number
      {"model":"m","max_tokens":1,"max_tokens":9,"messages":[{"role":"user","content":"a"}]} | body        | Duplicate field
      {"model":"m","max_tokens":1}                                                           | messages    | at least one message
      {"model":"m","max_tokens":1,"messages":[]}                                             | messages    | at least one message
      {"model":"m","max_tokens":1,"messages":{}}                                             | messages    | must be a list
      {"model":"m","max_tokens":1,"messages":["a"]}                                          | messages[0] | must be an object
      {"model":"m","max_tokens":1,"messages":[{"role":"user"}]}                              | messages[0].content | a text or a list
      {"model":"m","max_tokens":1,"messages":[{"role":"user","content":["a"]}]}              | messages[0].content[0] | must be an object
      {"model":"m","max_tokens":1,"stream":"yes","messages":[{"role":"user","content":"a"}]} | stream      | true or false
      {"model":"m","max_tokens":1,"system":7,"messages":[{"role":"user","content":"a"}]}     | system      | a text or a list
      {"model":"m","max_tokens":1,"tools":{},"messages":[{"role":"user","content":"a"}]}     | tools       | must be a list
      """)
  void namesTheFieldThatCanNotBeTaken(String json, String field, String message) {
    QuestionRead read =
        new Messages().read("/v1/messages", "", json.getBytes(StandardCharsets.UTF_8));
    assertThat(read).isInstanceOf(QuestionRead.Bad.class);
    assertThat(((QuestionRead.Bad) read).field()).isEqualTo(field);
    assertThat(((QuestionRead.Bad) read).message()).contains(message);
  }

  @Test
  void otherPlatformsGetTheVersionInTheBodyAndTheModelInThePath() throws Exception {
    byte[] body = ("{\"model\":\"m\" , \"max_tokens\": 5, \"stream\":true,\"x\" :1.50," + MESSAGES
            + "}")
        .getBytes(StandardCharsets.UTF_8);
    assertThat(new String(
            MessagesProvider.nativeBody(Platform.VERTEX, body, "", ""), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"anthropic_version\":\"vertex-2023-10-16\",\"max_tokens\": 5,\"stream\":true,\"x\" :1.50,"
                + MESSAGES + "}");
    assertThat(new String(
            MessagesProvider.nativeBody(Platform.BEDROCK, body, "a-1, b-2", ""),
            StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"anthropic_version\":\"bedrock-2023-05-31\",\"anthropic_beta\":[\"a-1\",\"b-2\"],"
                + "\"max_tokens\": 5,\"x\" :1.50," + MESSAGES + "}");
  }

  @Test
  void passesTheCallersVersionAndBetasToAnthropicAndNamesTheModelInVertexPaths() throws Exception {
    Question question = good("{\"model\":\"m\",\"max_tokens\":5,\"stream\":true," + MESSAGES + "}");
    Terms terms = new Terms(
        "claude-sonnet-4-5@20250929",
        5,
        "",
        Map.of("anthropic-version", "2026-10-21", "anthropic-beta", "b-1"));
    var own = new MessagesProvider(Platform.ANTHROPIC).pass(question, terms);
    assertThat(own.path()).isEqualTo("/v1/messages");
    assertThat(own.fields())
        .containsEntry("anthropic-version", "2026-10-21")
        .containsEntry("anthropic-beta", "b-1");
    var vertex = new MessagesProvider(Platform.VERTEX).pass(question, terms);
    assertThat(vertex.path()).isEqualTo("/models/claude-sonnet-4-5@20250929:streamRawPredict");
    assertThat(vertex.fields()).containsOnlyKeys("anthropic-beta");
  }
}
