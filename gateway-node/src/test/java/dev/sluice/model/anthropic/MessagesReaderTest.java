package dev.sluice.model.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Part.Source;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Signature.Maker;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.Turn.Role;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesReaderTest {
  private static Conversation read(String json) throws UnsayableException {
    QuestionRead read =
        new Messages().read("/v1/messages", "", json.getBytes(StandardCharsets.UTF_8));
    assertThat(read).isInstanceOf(QuestionRead.Good.class);
    return ((QuestionRead.Good) read).question().conversation();
  }

  private static Conversation with(String fields) throws UnsayableException {
    return read(
        "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"
            + fields.replace('\'', '"') + "}");
  }

  private static List<Part> user(String blocks) throws UnsayableException {
    return read("{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":["
            + blocks.replace('\'', '"') + "]}]}")
        .turns()
        .get(0)
        .parts();
  }

  @Test
  void readsAToolLoop() throws Exception {
    Conversation said = read("""
        {"model":"m","max_tokens":100,"stream":true,
         "system":[{"type":"text","text":"be brief","cache_control":{"type":"ephemeral"}},{"type":"text","text":"and kind"}],
         "messages":[
          {"role":"user","content":"weather?"},
          {"role":"assistant","content":[
            {"type":"thinking","thinking":"hmm","signature":"sig"},
            {"type":"thinking","thinking":"other","signature":"sluice-gemini-abc"},
            {"type":"redacted_thinking","data":"secret"},
            {"type":"text","text":"I look"},
            {"type":"tool_use","id":"t1","name":"weather","input":{"city":"Bern"},"caller":{"type":"direct"}}]},
          {"role":"user","content":[
            {"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"rain"},
              {"type":"image","source":{"type":"base64","media_type":"image/png","data":"aa"}}]},
            {"type":"tool_result","tool_use_id":"t2","content":"?"},
            {"type":"text","text":"so?"}]}],
         "tools":[{"name":"weather","description":"d","input_schema":{"type":"object"},"strict":true,"cache_control":{"type":"ephemeral"}}],
         "tool_choice":{"type":"tool","name":"weather","disable_parallel_tool_use":true},
         "metadata":{"user_id":"u1"},"service_tier":"auto","temperature":0.5,"top_p":0.9,"top_k":5,"stop_sequences":["a","b"]}
        """);
    assertThat(said.system())
        .containsExactly(
            new Part.Text("system[0]", "be brief", true), new Part.Text("system[1]", "and kind"));
    assertThat(said.stream()).isTrue();
    assertThat(said.turns())
        .extracting(turn -> turn.role())
        .containsExactly(Role.USER, Role.ASSISTANT, Role.USER);
    assertThat(said.turns().get(0).parts())
        .containsExactly(new Part.Text("messages[0].content", "weather?"));
    List<Part> assistant = said.turns().get(1).parts();
    assertThat(assistant.get(0))
        .isEqualTo(new Part.Thought(
            "messages[1].content[0]", "hmm", new Signature(Maker.ANTHROPIC, "sig")));
    assertThat(assistant.get(1))
        .isEqualTo(new Part.Thought(
            "messages[1].content[1]", "other", new Signature(Maker.GEMINI, "abc")));
    assertThat(assistant.get(2))
        .isEqualTo(new Part.Thought("messages[1].content[2]", "", Thoughts.redacted("secret")));
    Part.ToolUse use = (Part.ToolUse) assistant.get(4);
    assertThat(use.arguments()).hasToString("{\"city\":\"Bern\"}");
    Part.ToolResult result = (Part.ToolResult) said.turns().get(2).parts().get(0);
    assertThat(result.name()).isEqualTo("weather");
    assertThat(result.error()).isTrue();
    assertThat(result.content())
        .containsExactly(
            new Part.Text("messages[2].content[0].content[0]", "rain"),
            new Part.Image(
                "messages[2].content[0].content[1]", new Source.Bytes("image/png", "aa"), ""));
    assertThat(((Part.ToolResult) said.turns().get(2).parts().get(1)).name()).isEmpty();
    assertThat(said.tools().get(0).strict()).isTrue();
    assertThat(said.toolChoice())
        .isEqualTo(new Said<>(new ToolChoice.Named("weather"), "tool_choice"));
    assertThat(said.parallelTools())
        .isEqualTo(new Said<>(false, "tool_choice.disable_parallel_tool_use"));
    assertThat(said.sampling().temperature()).isEqualTo(new Said<>(0.5, "temperature"));
    assertThat(said.sampling().topK()).isEqualTo(new Said<>(5L, "top_k"));
    assertThat(said.sampling().stop()).isEqualTo(new Said<>(List.of("a", "b"), "stop_sequences"));
    assertThat(said.user()).isEqualTo(new Said<>("u1", "metadata.user_id"));
    assertThat(said.beyond()).isEmpty();
  }

  @Test
  void readsImagesAndDocumentsWhereverTheirBytesAre() throws Exception {
    assertThat(
            user(
                "{'type':'image','source':{'type':'url','url':'https://example.com/a.png'}},"
                    + "{'type':'document','title':'T','source':{'type':'base64','media_type':'application/pdf','data':'aa'}},"
                    + "{'type':'document','source':{'type':'url','url':'https://example.com/a.pdf'}},"
                    + "{'type':'document','source':{'type':'text','media_type':'text/plain','data':'x'}},"
                    + "{'type':'document','source':{'type':'content','content':[{'type':'text','text':'x'},{'type':'text','text':'y'}]}}"))
        .extracting(part -> part instanceof Part.Document document
            ? document.source()
            : ((Part.Image) part).source())
        .containsExactly(
            new Source.Url("", "https://example.com/a.png"),
            new Source.Bytes("application/pdf", "aa"),
            new Source.Url("application/pdf", "https://example.com/a.pdf"),
            new Source.PlainText("x"),
            new Source.PlainText("x\ny"));
  }

  @Test
  void instructionsBetweenMessagesAreSaidBeforeThem() throws Exception {
    Conversation said = read("""
        {"model":"m","max_tokens":1,"system":"one","messages":[{"role":"user","content":"a"},{"role":"system","content":"two"},
         {"role":"assistant","content":"b"}]}
        """);
    assertThat(said.system()).extracting(Part.Text::text).containsExactly("one", "two");
    assertThat(said.turns()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        ",'thinking':{'type':'enabled','budget_tokens':2000}|Budget[tokens=2000]",
        ",'thinking':{'type':'adaptive','display':'omitted'}|Dynamic[]",
        ",'thinking':{'type':'disabled'}|Off[]",
        ",'thinking':{'type':'adaptive'},'output_config':{'effort':'xhigh'}|Effort[level=XHIGH]",
        ",'output_config':{'effort':'low'}|Effort[level=LOW]",
      })
  void readsHowMuchToThink(String fields, String reasoning) throws Exception {
    Said<Reasoning> said = with(fields).reasoning();
    assertThat(said).isNotNull();
    assertThat(said.value()).hasToString(reasoning);
  }

  @Test
  void readsAFormat() throws Exception {
    Said<Format> format =
        with(",'output_config':{'format':{'type':'json_schema','schema':{'type':'object'}}}")
            .format();
    assertThat(format).isNotNull();
    assertThat(format.at()).isEqualTo("output_config.format");
    assertThat(((Format.Schema) format.value()).strict()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        ",'mcp_servers':[{'type':'url'}]|mcp_servers",
        ",'container':'c'|container",
        ",'inference_geo':'eu'|inference_geo",
        ",'something_new':1|something_new",
        ",'tools':[{'type':'web_search_20250305','name':'web_search'}]|tools[0]",
        ",'tools':[{'name':'a','input_schema':{},'defer_loading':true}]|tools[0].defer_loading",
        ",'tools':[{'name':'a','input_schema':{},'input_examples':[{}]}]|tools[0].input_examples",
        ",'thinking':{'type':'between_tools'}|thinking.type",
        ",'thinking':{'type':'disabled'},'output_config':{'effort':'max'}|output_config.effort",
        ",'output_config':{'new':1}|output_config.new",
      })
  void whatOnlyThisDialectHasIsBeyond(String fields, String at) throws Exception {
    assertThat(with(fields).beyond()).extracting(Said::at).containsExactly(at);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'type':'image','source':{'type':'file','file_id':'f'}}|messages[0].content[0]",
        "{'type':'container_upload','file_id':'f'}|messages[0].content[0]",
        "{'type':'search_result','source':'s','title':'t','content':[]}|messages[0].content[0]",
        "{'type':'document','source':{'type':'text','data':'x'},'citations':{'enabled':true}}|messages[0].content[0].citations",
        "{'type':'document','source':{'type':'text','data':'x'},'context':'c'}|messages[0].content[0].context",
        "{'type':'tool_result','tool_use_id':'t','content':[{'type':'tool_reference','tool_name':'x'}]}|messages[0].content[0].content[0]",
      })
  void blocksThatOnlyThisDialectHasAreBeyond(String block, String at) throws Exception {
    assertThat(
            read("{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":["
                    + block.replace('\'', '"') + "]}]}")
                .beyond())
        .extracting(Said::at)
        .containsExactly(at);
  }

  @Test
  void fieldsThatChangeNothingArePassedOver() throws Exception {
    assertThat(
            with(",'service_tier':'auto','cache_control':{'type':'ephemeral'},'diagnostics':{},'metadata':{},'container':null")
                .beyond())
        .isEmpty();
  }

  /** Anthropic fills its cache so; elsewhere it may be taken for no cap at all. */
  @Test
  void anAnswerOfNoTokensIsAskedOfAnthropicOnly() {
    var wrong = catchThrowableOfType(
        UnsayableException.class,
        () -> read(
            "{\"model\":\"m\",\"max_tokens\":0,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));
    assertThat(wrong.field()).isEqualTo("max_tokens");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        ",'temperature':'hot'|temperature",
        ",'top_k':1.5|top_k",
        ",'stop_sequences':[1]|stop_sequences",
        ",'tool_choice':{'type':'some'}|tool_choice.type",
        ",'tool_choice':{'type':'tool'}|tool_choice.name",
        ",'tools':[{'input_schema':{}}]|tools[0].name",
        ",'tools':[{'name':'a','input_schema':[]}]|tools[0].input_schema",
        ",'thinking':{'type':'enabled'}|thinking.budget_tokens",
        ",'thinking':true|thinking",
        ",'output_config':{'effort':'huge'}|output_config.effort",
        ",'output_config':{'format':{'type':'xml'}}|output_config.format",
        ",'metadata':{'user_id':7}|metadata.user_id",
      })
  void namesAFieldThatIsWrong(String fields, String at) {
    var wrong = catchThrowableOfType(UnsayableException.class, () -> with(fields));
    assertThat(wrong.field()).isEqualTo(at);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'text':'x'}|messages[0].content[0].type",
        "{'type':'text'}|messages[0].content[0].text",
        "{'type':'image'}|messages[0].content[0].source",
        "{'type':'image','source':{'type':'base64','data':'aa'}}|messages[0].content[0].source.media_type",
        "{'type':'tool_use','id':'t','name':'n','input':[]}|messages[0].content[0].input",
        "{'type':'tool_result','tool_use_id':'t','content':[{'type':'tool_use','id':'t','name':'n','input':{}}]}|messages[0].content[0].content[0]",
      })
  void namesABlockThatIsWrong(String block, String at) {
    var wrong = catchThrowableOfType(UnsayableException.class, () -> user(block));
    assertThat(wrong.field()).isEqualTo(at);
  }
}
