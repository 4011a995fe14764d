package dev.sluice.model.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Part.Source;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Signature.Maker;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.UnsayableException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesProviderTest {
  private static final String OLD = "claude-sonnet-4-20250514";
  private static final String MIDDLE = "claude-sonnet-4-5";
  private static final String NEW = "claude-opus-4-8";

  private static JsonNode ask(Conversation said, String model, long cap) throws UnsayableException {
    return Json.tree(outgoing(Platform.ANTHROPIC, said, model, cap).body());
  }

  private static JsonNode ask(Asking said, String model) throws UnsayableException {
    return ask(said.done(), model, 5000);
  }

  private static Outgoing outgoing(Platform platform, Conversation said, String model, long cap)
      throws UnsayableException {
    return new MessagesProvider(platform)
        .ask(said, new Terms(model, cap, "max_tokens"), new Losses(false));
  }

  private static String refused(Asking said, String model) {
    var why = catchThrowableOfType(UnsayableException.class, () -> ask(said, model));
    assertThat(why).isNotNull();
    return why.field();
  }

  private static JsonNode json(String text) {
    return Asking.object(text);
  }

  private static Part.ToolUse use(String id) {
    return new Part.ToolUse("messages[2].tool_calls[0]", id, "weather", json("{'city':'Bern'}"));
  }

  private static Part.ToolResult result(String id, String text) {
    return new Part.ToolResult(
        "messages[3]", id, "weather", List.of(new Part.Text("messages[3].content", text)), false);
  }

  @Test
  void saysAWholeRequest() throws Exception {
    Conversation said = new Asking()
            .system("be brief")
            .user("weather?")
            .tool("weather", "{'type':'object','properties':{}}", false)
            .stream()
            .done();
    Outgoing outgoing = outgoing(Platform.ANTHROPIC, said, MIDDLE, 700);
    assertThat(outgoing.path()).isEqualTo("/v1/messages");
    assertThat(outgoing.fields())
        .containsOnly(java.util.Map.entry("anthropic-version", "2023-06-01"));
    assertThat(Json.tree(outgoing.body()))
        .isEqualTo(json(
            "{'model':'claude-sonnet-4-5','max_tokens':700,'stream':true,'system':[{'type':'text','text':'be brief'}],"
                + "'messages':[{'role':'user','content':[{'type':'text','text':'weather?'}]}],"
                + "'tools':[{'name':'weather','description':'d','input_schema':{'type':'object','properties':{}}}],"
                + "'metadata':{'user_id':'user-1'}}"));
  }

  @Test
  void instructionsAloneAreWhatTheUserSays() throws Exception {
    JsonNode body = ask(new Asking().system("hi").user(""), MIDDLE);
    assertThat(body.has("system")).isFalse();
    assertThat(body.path("messages").toString())
        .isEqualTo("[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}]}]");
  }

  @Test
  void platformsNameVersionModelAndStreamingTheirOwnWay() throws Exception {
    Conversation said = new Asking().user("hi").stream().done();
    Outgoing vertex = outgoing(Platform.VERTEX, said, "claude-sonnet-4-5@20250929", 7);
    assertThat(vertex.path()).isEqualTo("/models/claude-sonnet-4-5@20250929:streamRawPredict");
    assertThat(vertex.fields()).isEmpty();
    assertThat(Json.tree(vertex.body()))
        .isEqualTo(json("{'anthropic_version':'vertex-2023-10-16','max_tokens':7,'stream':true,"
            + "'messages':[{'role':'user','content':[{'type':'text','text':'hi'}]}]}"));
    assertThat(
            MessagesProvider.body(Platform.BEDROCK, said, new Terms("m", 7, ""), new Losses(false)))
        .hasToString(
            "{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":7,"
                + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}]}]}");
  }

  @Test
  void neighboursOfOneRoleAreOneMessageWithResultsOfToolsFirst() throws Exception {
    JsonNode messages = ask(
            new Asking()
                .user("a")
                .user("b")
                .assistant(use("t1"), use("t.2"))
                .user(new Part.Text("x", "note"), result("t1", "rain"))
                .user(result("t.2", "sun")),
            MIDDLE)
        .path("messages");
    assertThat(messages)
        .isEqualTo(Json.tree(
            ("[{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]},"
                    + "{'role':'assistant','content':[{'type':'tool_use','id':'t1','name':'weather','input':{'city':'Bern'}},"
                    + "{'type':'tool_use','id':'t_2','name':'weather','input':{'city':'Bern'}}]},"
                    + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','content':[{'type':'text','text':'rain'}]},"
                    + "{'type':'tool_result','tool_use_id':'t_2','content':[{'type':'text','text':'sun'}]},{'type':'text','text':'note'}]}]")
                .replace('\'', '"')
                .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  @Test
  void thoughtsThatClaudeSignedGoBackAndOthersAreLeftOut() throws Exception {
    JsonNode content = ask(
            new Asking()
                .user("a")
                .assistant(
                    new Part.Thought("m", "mine", new Signature(Maker.ANTHROPIC, "s")),
                    new Part.Thought("m", "foreign", new Signature(Maker.GEMINI, "s")),
                    new Part.Thought("m", "bare", null),
                    new Part.Thought("m", "", Thoughts.redacted("d")),
                    use("t1"))
                .user(result("t1", "rain")),
            MIDDLE)
        .path("messages")
        .path(1)
        .path("content");
    assertThat(content.findValuesAsText("type"))
        .containsExactly("thinking", "redacted_thinking", "tool_use");
    assertThat(content.path(0))
        .isEqualTo(json("{'type':'thinking','thinking':'mine','signature':'s'}"));
    assertThat(content.path(1)).isEqualTo(json("{'type':'redacted_thinking','data':'d'}"));
  }

  @Test
  void saysImagesAndDocuments() throws Exception {
    JsonNode content = ask(
            new Asking()
                .user(
                    new Part.Image("i", new Source.Bytes("image/png", "aa"), "high"),
                    new Part.Image("i", new Source.Url("", "https://example.com/a.png"), ""),
                    new Part.Document("d", new Source.Bytes("application/pdf", "aa"), "a.pdf"),
                    new Part.Document("d", new Source.Bytes("text/plain", "aGk="), ""),
                    new Part.Document("d", new Source.PlainText("x"), "")),
            MIDDLE)
        .path("messages")
        .path(0)
        .path("content");
    assertThat(content.path(0).path("source"))
        .isEqualTo(json("{'type':'base64','media_type':'image/png','data':'aa'}"));
    assertThat(content.path(1).path("source"))
        .isEqualTo(json("{'type':'url','url':'https://example.com/a.png'}"));
    assertThat(content.path(2))
        .isEqualTo(
            json(
                "{'type':'document','title':'a.pdf','source':{'type':'base64','media_type':'application/pdf','data':'aa'}}"));
    assertThat(content.path(3).path("source"))
        .isEqualTo(json("{'type':'text','media_type':'text/plain','data':'hi'}"));
    assertThat(content.path(4).path("source"))
        .isEqualTo(json("{'type':'text','media_type':'text/plain','data':'x'}"));
  }

  @Test
  void namesWhatItHasNoWordsFor() {
    assertThat(refused(
            new Asking()
                .user(
                    new Part.Audio("messages[0].content[1]", new Source.Bytes("audio/wav", "aa"))),
            MIDDLE))
        .isEqualTo("messages[0].content[1]");
    assertThat(refused(
            new Asking()
                .user(new Part.Image(
                    "messages[0].content[1]", new Source.Bytes("image/tiff", "aa"), "")),
            MIDDLE))
        .isEqualTo("messages[0].content[1]");
    assertThat(refused(new Asking().user("a").choices(2), MIDDLE)).isEqualTo("n");
    assertThat(refused(new Asking().user("a").beyond("logit_bias"), MIDDLE))
        .isEqualTo("logit_bias");
    assertThat(refused(new Asking().user(""), MIDDLE)).isEqualTo("messages");
    assertThat(refused(
            new Asking()
                .user("a")
                .sampling(new Sampling(null, null, null, null, null, new Said<>(7L, "seed"), null)),
            MIDDLE))
        .isEqualTo("seed");
    assertThat(refused(
            new Asking()
                .user("a")
                .sampling(new Sampling(
                    null, null, null, null, null, null, new Said<>(List.of("x", "\n"), "stop"))),
            MIDDLE))
        .isEqualTo("stop");
    assertThat(refused(new Asking().user("a").temperature(0.5), NEW)).isEqualTo("temperature");
  }

  @Test
  void leavesOutWhatItHasNoWordsForWhereTheRouteSaysSo() throws Exception {
    Losses losses = new Losses(true);
    Conversation said = new Asking()
        .user(
            new Part.Text("t", "a"),
            new Part.Audio("messages[0].content[1]", new Source.Bytes("audio/wav", "aa")))
        .temperature(0.5)
        .choices(2)
        .done();
    byte[] body = new MessagesProvider(Platform.ANTHROPIC)
        .ask(said, new Terms(NEW, 9, ""), losses)
        .body();
    assertThat(losses.dropped()).containsExactly("n", "messages[0].content[1]", "temperature");
    assertThat(Json.tree(body).path("messages").path(0).path("content")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"0.3, 0.3", "0, 0", "-1, 0"})
  void saysATemperature(double wanted, double said) throws Exception {
    assertThat(ask(new Asking().user("a").temperature(wanted), MIDDLE)
            .path("temperature")
            .doubleValue())
        .isEqualTo(said);
  }

  @ParameterizedTest
  @CsvSource({
    "1, claude-sonnet-4-5",
    "1.7, claude-sonnet-4-5",
    "1, claude-opus-4-8",
    "2, claude-opus-4-8"
  })
  void aTemperatureOf1AndAboveIsTheModelsOwn(double wanted, String model) throws Exception {
    assertThat(ask(new Asking().user("a").temperature(wanted), model).has("temperature"))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "claude-sonnet-4-20250514|LOW|{'type':'enabled','budget_tokens':2048}|null",
        "claude-sonnet-4-20250514|MINIMAL|{'type':'enabled','budget_tokens':1024}|null",
        "claude-sonnet-4-20250514|HIGH|{'type':'enabled','budget_tokens':4999}|null",
        "claude-3-7-sonnet-20250219|MEDIUM|{'type':'enabled','budget_tokens':4096}|null",
        "claude-opus-4-6|MEDIUM|{'type':'adaptive'}|medium",
        "eu.anthropic.claude-opus-4-8-v1:0|XHIGH|{'type':'adaptive'}|xhigh",
        "claude-fable-5|MINIMAL|{'type':'adaptive'}|low",
        "claude-sonnet-5-5@20261001|MAX|{'type':'adaptive'}|max",
      })
  void saysAnEffortAsTheModelTakesIt(
      String model, Reasoning.Level level, String thinking, String effort) throws Exception {
    JsonNode body = ask(new Asking().user("a").think(new Reasoning.Effort(level)), model);
    assertThat(body.path("thinking")).isEqualTo(json(thinking));
    assertThat(body.path("output_config").path("effort").asText("null")).isEqualTo(effort);
  }

  @Test
  void aBudgetIsAtLeast1024AndBelowTheCap() throws Exception {
    assertThat(thinking(new Reasoning.Budget(5), OLD, 5000))
        .isEqualTo(json("{'type':'enabled','budget_tokens':1024}"));
    assertThat(thinking(new Reasoning.Budget(9000), OLD, 5000))
        .isEqualTo(json("{'type':'enabled','budget_tokens':4999}"));
    assertThat(thinking(new Reasoning.Budget(9000), OLD, 1025))
        .isEqualTo(json("{'type':'enabled','budget_tokens':1024}"));
    assertThat(thinking(new Reasoning.Budget(9000), OLD, 1024).isMissingNode()).isTrue();
    assertThat(thinking(new Reasoning.Off(), OLD, 5000)).isEqualTo(json("{'type':'disabled'}"));
    assertThat(thinking(new Reasoning.Off(), "claude-3-5-haiku-20241022", 5000).isMissingNode())
        .isTrue();
    assertThat(thinking(new Reasoning.Dynamic(), NEW, 5000)).isEqualTo(json("{'type':'adaptive'}"));
  }

  private static JsonNode thinking(Reasoning reasoning, String model, long cap)
      throws UnsayableException {
    return ask(new Asking().user("a").think(reasoning).done(), model, cap).path("thinking");
  }

  /** A model with a budget demands that the turn it goes on with begins with a thought of its own. */
  @Test
  void doesNotThinkInALoopThatAnotherModelBegan() throws Exception {
    Asking foreign = new Asking().user("a").assistant(use("t1")).user(result("t1", "rain"));
    assertThat(ask(foreign.think(new Reasoning.Budget(2000)), OLD).has("thinking"))
        .isFalse();
    assertThat(ask(foreign, NEW).path("thinking")).isEqualTo(json("{'type':'adaptive'}"));
    Asking own = new Asking()
        .user("a")
        .assistant(new Part.Thought("m", "hm", new Signature(Maker.ANTHROPIC, "s")), use("t1"))
        .user(result("t1", "rain"));
    assertThat(ask(own.think(new Reasoning.Budget(2000)), OLD).has("thinking")).isTrue();
  }

  @Test
  void whoThinksIsNotToldHowToChooseTokensOrTools() throws Exception {
    Asking said = new Asking().user("a").think(new Reasoning.Budget(2000)).tool("t", "{}", false);
    assertThat(refused(said.choice(new ToolChoice.Any()), OLD)).isEqualTo("tool_choice");
    assertThat(refused(said.choice(new ToolChoice.Auto()).temperature(0.2), OLD))
        .isEqualTo("temperature");
    assertThat(ask(said.temperature(1), OLD).has("temperature")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "AUTO|false|{'type':'auto'}",
        "AUTO|true|{'type':'auto','disable_parallel_tool_use':true}",
        "ANY|false|{'type':'any'}",
        "ANY|true|{'type':'any','disable_parallel_tool_use':true}",
        "NONE|true|{'type':'none'}",
        "NAMED|true|{'type':'tool','name':'weather','disable_parallel_tool_use':true}",
        "UNSAID|true|{'type':'auto','disable_parallel_tool_use':true}",
      })
  void saysWhichToolsToCall(String choice, boolean single, String expected) throws Exception {
    Asking said = new Asking().user("a").tool("weather", "{}", false);
    switch (choice) {
      case "AUTO" -> said.choice(new ToolChoice.Auto());
      case "ANY" -> said.choice(new ToolChoice.Any());
      case "NONE" -> said.choice(new ToolChoice.None());
      case "NAMED" -> said.choice(new ToolChoice.Named("weather"));
      default -> {}
    }
    JsonNode body = ask(single ? said.oneToolAtATime() : said, MIDDLE);
    assertThat(body.path("tool_choice")).isEqualTo(json(expected));
    assertThat(body.path("tools").path(0).path("input_schema"))
        .isEqualTo(json("{'type':'object'}"));
  }

  @Test
  void saysNothingOfToolsWhereThereAreNone() throws Exception {
    JsonNode body =
        ask(new Asking().user("a").choice(new ToolChoice.Auto()).oneToolAtATime(), MIDDLE);
    assertThat(body.has("tool_choice")).isFalse();
    assertThat(body.has("tools")).isFalse();
  }

  @Test
  void holdsAnswersToASchema() throws Exception {
    Format strict = new Format.Schema(
        "s",
        Asking.object(
            "{'type':'object','properties':{'a':{'type':'array','items':{'type':'object','properties':{'b':{'type':'string'}}}}}}"),
        true);
    assertThat(ask(new Asking().user("a").format(strict), MIDDLE).path("output_config"))
        .isEqualTo(
            json(
                "{'format':{'type':'json_schema','schema':{'type':'object','properties':{'a':{'type':'array','items':"
                    + "{'type':'object','properties':{'b':{'type':'string'}},'additionalProperties':false}}},'additionalProperties':false}}}"));
    assertThat(refused(new Asking().user("a").format(strict), OLD)).isEqualTo("response_format");
    Format bounded = new Format.Schema(
        "s",
        Asking.object("{'type':'object','properties':{'a':{'type':'integer','minimum':1}}}"),
        true);
    assertThat(refused(new Asking().user("a").format(bounded), MIDDLE))
        .isEqualTo("response_format.properties.a.minimum");
  }

  @Test
  void whatItCanNotHoldToASchemaIsTheCallOfATool() throws Exception {
    JsonNode body =
        ask(new Asking().user("a").format(new Format.AnyObject()).oneToolAtATime(), MIDDLE);
    assertThat(body.path("tools").path(0).path("name").asText()).isEqualTo("sluice_answer");
    assertThat(body.path("tools").path(0).path("input_schema"))
        .isEqualTo(json("{'type':'object'}"));
    assertThat(body.path("tool_choice"))
        .isEqualTo(json("{'type':'tool','name':'sluice_answer','disable_parallel_tool_use':true}"));
    Format loose = new Format.Schema(
        "s",
        Asking.object("{'type':'object','properties':{'a':{'type':'integer','minimum':1}}}"),
        false);
    JsonNode withTools =
        ask(new Asking().user("a").tool("weather", "{}", false).format(loose), MIDDLE);
    assertThat(withTools.path("tools")).hasSize(2);
    assertThat(withTools.path("tool_choice")).isEqualTo(json("{'type':'any'}"));
    JsonNode thinking =
        ask(new Asking().user("a").think(new Reasoning.Dynamic()).format(loose), NEW);
    assertThat(thinking.path("output_config").path("format").path("schema"))
        .isEqualTo(
            json(
                "{'type':'object','properties':{'a':{'type':'integer'}},'additionalProperties':false}"));
    assertThat(refused(
            new Asking().user("a").think(new Reasoning.Dynamic()).format(new Format.AnyObject()),
            NEW))
        .isEqualTo("response_format");
  }

  @Test
  void strictToolsAreHeldToTheirSchemas() throws Exception {
    Asking said = new Asking().user("a").tool("t", "{'type':'object','properties':{}}", true);
    assertThat(ask(said, MIDDLE).path("tools").path(0))
        .isEqualTo(
            json(
                "{'name':'t','description':'d','input_schema':{'type':'object','properties':{},'additionalProperties':false},'strict':true}"));
    assertThat(refused(said, OLD)).isEqualTo("tools[0].function.strict");
  }

  @ParameterizedTest
  @CsvSource({
    "claude-sonnet-4-6, 46", "claude-3-7-sonnet-20250219, 37", "claude-3-5-haiku@20241022, 35",
        "claude-opus-4-20250514, 40",
    "eu.anthropic.claude-sonnet-4-5-20250929-v1:0, 45", "claude-fable-5-1, 51", "claude-opus-5, 50",
        "claude-instant-1.2, 12",
    "claude-mythos-preview, 0", "anthropic/claude-opus-4.7, 47", "my-model, 0",
        "claude-3-opus-20240229, 30",
  })
  void readsTheVersionInAModelsName(String name, int version) {
    assertThat(ClaudeModel.of(name).version()).isEqualTo(version);
  }
}
