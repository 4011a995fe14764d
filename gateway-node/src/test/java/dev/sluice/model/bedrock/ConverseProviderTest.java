package dev.sluice.model.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.anthropic.Asking;
import dev.sluice.model.anthropic.Thoughts;
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

class ConverseProviderTest {
  private static final String OLD = "anthropic.claude-sonnet-4-20250514-v1:0";
  private static final String NEW = "eu.anthropic.claude-opus-4-8-v1:0";
  private static final String NOVA = "amazon.nova-pro-v1:0";

  private static Outgoing outgoing(Asking said, String model) throws UnsayableException {
    return new ConverseProvider().ask(said.done(), new Terms(model, 5000, ""), new Losses(false));
  }

  private static JsonNode ask(Asking said, String model) throws UnsayableException {
    return Json.tree(outgoing(said, model).body());
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
    return new Part.ToolUse("m", id, "weather", json("{'city':'Bern'}"));
  }

  private static Part.ToolResult result(String id, boolean error, Part... content) {
    return new Part.ToolResult("m", id, "weather", List.of(content), error);
  }

  @Test
  void saysAWholeRequest() throws Exception {
    Asking said = new Asking()
            .system("be brief")
            .user("weather?")
            .assistant(
                new Part.Thought("m", "hm", new Signature(Maker.ANTHROPIC, "s")),
                new Part.Thought("m", "", Thoughts.redacted("cg==")),
                use("t1"))
            .user(
                new Part.Text("x", "so?"),
                result(
                    "t1",
                    true,
                    new Part.Text("x", "rain"),
                    new Part.Image("i", new Source.Bytes("image/png", "aa"), "")))
            .tool("weather", "{'type':'object','properties':{}}", false)
            .choice(new ToolChoice.Any())
            .temperature(0.5)
            .stream();
    Outgoing outgoing = outgoing(said, OLD);
    assertThat(outgoing.path())
        .isEqualTo("/model/anthropic.claude-sonnet-4-20250514-v1%3A0/converse-stream");
    assertThat(Json.tree(outgoing.body()))
        .isEqualTo(
            json(
                "{'system':[{'text':'be brief'}],'messages':[{'role':'user','content':[{'text':'weather?'}]},"
                    + "{'role':'assistant','content':[{'reasoningContent':{'reasoningText':{'text':'hm','signature':'s'}}},"
                    + "{'reasoningContent':{'redactedContent':'cg=='}},"
                    + "{'toolUse':{'toolUseId':'t1','name':'weather','input':{'city':'Bern'}}}]},"
                    + "{'role':'user','content':[{'toolResult':{'toolUseId':'t1','content':[{'text':'rain'},"
                    + "{'image':{'format':'png','source':{'bytes':'aa'}}}],'status':'error'}},{'text':'so?'}]}],"
                    + "'toolConfig':{'tools':[{'toolSpec':{'name':'weather','description':'d','inputSchema':{'json':{'type':'object','properties':{}}}}}],"
                    + "'toolChoice':{'any':{}}},'inferenceConfig':{'maxTokens':5000,'temperature':0.5}}"));
  }

  @Test
  void toolsThatWereCalledMustBeOfferedStill() throws Exception {
    Asking said = new Asking().user("a").assistant(use("t1")).user(result("t1", false));
    JsonNode body = ask(said, NOVA);
    assertThat(body.path("toolConfig")
            .path("tools")
            .path(0)
            .path("toolSpec")
            .path("name")
            .asText())
        .isEqualTo("weather");
    assertThat(body.path("messages")
            .path(2)
            .path("content")
            .path(0)
            .path("toolResult")
            .path("content")
            .toString())
        .isEqualTo("[{\"json\":{}}]");
    assertThat(refused(said.choice(new ToolChoice.None()), NOVA)).isEqualTo("tool_choice");
    assertThat(
            ask(new Asking().user("a").tool("t", "{}", false).choice(new ToolChoice.None()), NOVA)
                .has("toolConfig"))
        .isFalse();
  }

  @Test
  void idsThatDoNotFitAreReplacedThroughout() throws Exception {
    String longId = "call.with/strange" + "x".repeat(80);
    JsonNode messages = ask(
            new Asking().user("a").assistant(use(longId)).user(result(longId, false)), NOVA)
        .path("messages");
    String id = messages
        .path(1)
        .path("content")
        .path(0)
        .path("toolUse")
        .path("toolUseId")
        .asText();
    assertThat(id).matches("[a-zA-Z0-9_-]{1,64}");
    assertThat(messages
            .path(2)
            .path("content")
            .path(0)
            .path("toolResult")
            .path("toolUseId")
            .asText())
        .isEqualTo(id);
  }

  @Test
  void saysDocumentsWithNamesThatBedrockTakes() throws Exception {
    JsonNode content = ask(
            new Asking()
                .user(
                    new Part.Document(
                        "d", new Source.Bytes("application/pdf", "aa"), "my_report.v1.pdf"),
                    new Part.Document("d", new Source.PlainText("hi"), ""),
                    new Part.Document("d", new Source.PlainText("ho"), ""),
                    new Part.Audio("d", new Source.Bytes("audio/wav", "aa"))),
            NOVA)
        .path("messages")
        .path(0)
        .path("content");
    assertThat(content.path(0))
        .isEqualTo(json(
            "{'document':{'format':'pdf','name':'my-report-v1-pdf','source':{'bytes':'aa'}}}"));
    assertThat(content.path(1))
        .isEqualTo(
            json("{'document':{'format':'txt','name':'document','source':{'bytes':'aGk='}}}"));
    assertThat(content.path(2).path("document").path("name").asText()).isEqualTo("document (2)");
    assertThat(content.path(3))
        .isEqualTo(json("{'audio':{'format':'wav','source':{'bytes':'aa'}}}"));
  }

  @Test
  void handsOnToEachModelWhatItKnows() throws Exception {
    assertThat(ask(new Asking().user("a").think(new Reasoning.Budget(2000)), OLD)
            .path("additionalModelRequestFields"))
        .isEqualTo(json("{'thinking':{'type':'enabled','budget_tokens':2000}}"));
    assertThat(ask(new Asking().user("a").think(new Reasoning.Effort(Reasoning.Level.HIGH)), NEW)
            .path("additionalModelRequestFields"))
        .isEqualTo(json("{'thinking':{'type':'adaptive'},'output_config':{'effort':'high'}}"));
    assertThat(ask(
                new Asking().user("a").think(new Reasoning.Effort(Reasoning.Level.MAX)),
                "openai.gpt-oss-120b-1:0")
            .path("additionalModelRequestFields"))
        .isEqualTo(json("{'reasoning_effort':'high'}"));
    assertThat(refused(new Asking().user("a").think(new Reasoning.Budget(2000)), NOVA))
        .isEqualTo("reasoning_effort");
    Sampling topK = new Sampling(
        null, null, new Said<>(5L, "top_k"), null, null, null, new Said<>(List.of("X"), "stop"));
    JsonNode claude = ask(new Asking().user("a").sampling(topK), OLD);
    assertThat(claude.path("additionalModelRequestFields")).isEqualTo(json("{'top_k':5}"));
    assertThat(claude.path("additionalModelResponseFieldPaths").toString())
        .isEqualTo("[\"/stop_sequence\"]");
    assertThat(
            ask(new Asking().user("a").sampling(topK), NOVA).path("additionalModelRequestFields"))
        .isEqualTo(json("{'inferenceConfig':{'topK':5}}"));
    assertThat(refused(new Asking().user("a").sampling(topK), "meta.llama3-70b"))
        .isEqualTo("top_k");
    assertThat(ask(new Asking().user("a").tool("t", "{}", false).oneToolAtATime(), OLD)
            .path("additionalModelRequestFields"))
        .isEqualTo(json("{'tool_choice':{'type':'auto','disable_parallel_tool_use':true}}"));
    assertThat(refused(new Asking().user("a").tool("t", "{}", false).oneToolAtATime(), NOVA))
        .isEqualTo("parallel_tool_calls");
  }

  @Test
  void holdsAnswersToAFormat() throws Exception {
    Format strict =
        new Format.Schema("s", Asking.object("{'type':'object','properties':{}}"), true);
    assertThat(ask(new Asking().user("a").format(strict), NEW).path("outputConfig"))
        .isEqualTo(
            json(
                "{'textFormat':{'type':'json_schema','structure':{'jsonSchema':{'schema':"
                    + "'{\\'type\\':\\'object\\',\\'properties\\':{},\\'additionalProperties\\':false}','name':'s'}}}}"));
    assertThat(refused(new Asking().user("a").format(strict), NOVA)).isEqualTo("response_format");
    JsonNode any =
        ask(new Asking().user("a").format(new Format.AnyObject()), NOVA).path("toolConfig");
    assertThat(any.path("toolChoice")).isEqualTo(json("{'tool':{'name':'sluice_answer'}}"));
    JsonNode withTools = ask(
            new Asking().user("a").tool("t", "{}", false).format(new Format.AnyObject()), NOVA)
        .path("toolConfig");
    assertThat(withTools.path("toolChoice")).isEqualTo(json("{'any':{}}"));
    assertThat(withTools.path("tools")).hasSize(2);
  }

  @Test
  void namesWhatItHasNoWordsFor() {
    assertThat(refused(
            new Asking()
                .user(new Part.Image(
                    "messages[0].content[0]", new Source.Url("", "https://x/y.png"), "")),
            NOVA))
        .isEqualTo("messages[0].content[0]");
    assertThat(refused(
            new Asking()
                .user(new Part.Image(
                    "messages[0].content[0]", new Source.Bytes("image/tiff", "aa"), "")),
            NOVA))
        .isEqualTo("messages[0].content[0]");
    assertThat(refused(new Asking().user("a").choices(2), NOVA)).isEqualTo("n");
    assertThat(refused(new Asking().user("a").beyond("logit_bias"), NOVA)).isEqualTo("logit_bias");
    assertThat(refused(new Asking().user("  "), NOVA)).isEqualTo("messages");
    assertThat(refused(new Asking().user("a").temperature(0.5), NEW)).isEqualTo("temperature");
    assertThat(refused(new Asking().user("a").tool("t", "{}", true), NOVA))
        .isEqualTo("tools[0].function.strict");
  }
}
