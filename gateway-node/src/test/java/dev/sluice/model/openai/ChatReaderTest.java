package dev.sluice.model.openai;

import static dev.sluice.model.openai.Spoken.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.chat.CarriedThought;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chat completion requests as conversations. */
class ChatReaderTest {
  private static final String USER = "'messages':[{'role':'user','content':'hi'}]";

  private static Conversation with(String fields) throws UnsayableException {
    return chat("{'model':'m'," + fields + "," + USER + "}");
  }

  private static Conversation messages(String messages) throws UnsayableException {
    return chat("{'model':'m','messages':[" + messages + "]}");
  }

  @Test
  void instructionsComeFirstInTheirOrder() throws Exception {
    Conversation said = messages("{'role':'system','content':'a'},{'role':'user','content':'hi'},"
        + "{'role':'developer','content':[{'type':'text','text':'b'},{'type':'text','text':''}]}");
    assertThat(said.system())
        .containsExactly(
            new Part.Text("messages[0].content", "a"),
            new Part.Text("messages[2].content[0].text", "b"));
    assertThat(said.turns())
        .containsExactly(
            new Turn(Turn.Role.USER, List.of(new Part.Text("messages[1].content", "hi"))));
    assertThat(said.beyond()).isEmpty();
  }

  @Test
  void imagesRecordingsAndFilesAreParts() throws Exception {
    Conversation said = messages("""
        {'role':'user','content':[
          {'type':'image_url','image_url':{'url':'https://example.com/a.png','detail':'low'}},
          {'type':'image_url','image_url':{'url':'data:image/PNG;base64,AAAA'}},
          {'type':'input_audio','input_audio':{'data':'AAAA','format':'mp3'}},
          {'type':'file','file':{'filename':'a.pdf','file_data':'data:application/pdf;base64,AAAA'}},
          {'type':'text','text':'what','cache_control':{'type':'ephemeral'}}]}""");
    String at = "messages[0].content[";
    assertThat(said.turns().get(0).parts())
        .containsExactly(
            new Part.Image(at + "0]", new Part.Source.Url("", "https://example.com/a.png"), "low"),
            new Part.Image(at + "1]", new Part.Source.Bytes("image/png", "AAAA"), ""),
            new Part.Audio(at + "2]", new Part.Source.Bytes("audio/mpeg", "AAAA")),
            new Part.Document(at + "3]", new Part.Source.Bytes("application/pdf", "AAAA"), "a.pdf"),
            new Part.Text(at + "4].text", "what", true));
  }

  @Test
  void aToolLoopKeepsItsIdsAndNames() throws Exception {
    Conversation said = messages("""
        {'role':'user','content':'weather?'},
        {'role':'assistant','content':null,'refusal':null,'audio':null,'function_call':null,'annotations':[],
         'tool_calls':[{'id':'c1','type':'function','function':{'name':'w','arguments':'{\\'city\\':\\'Rome\\'}'}},
                       {'id':'c2','type':'function','function':{'name':'t','arguments':''}}]},
        {'role':'tool','tool_call_id':'c2','content':'noon'},
        {'role':'tool','tool_call_id':'c1','content':[{'type':'text','text':'sun'}]}""");
    assertThat(said.beyond()).isEmpty();
    assertThat(said.turns().get(1))
        .isEqualTo(new Turn(
            Turn.Role.ASSISTANT,
            List.of(
                new Part.ToolUse(
                    "messages[1].tool_calls[0]",
                    "c1",
                    "w",
                    Json.MAPPER.createObjectNode().put("city", "Rome")),
                new Part.ToolUse(
                    "messages[1].tool_calls[1]", "c2", "t", Json.MAPPER.createObjectNode()))));
    assertThat(said.turns().get(2).parts())
        .containsExactly(new Part.ToolResult(
            "messages[2]",
            "c2",
            "t",
            List.of(new Part.Text("messages[2].content", "noon")),
            false));
    assertThat(((Part.ToolResult) said.turns().get(3).parts().get(0)).name()).isEqualTo("w");
  }

  @Test
  void signedThoughtsAreTakenOutOfIdsAgain() throws Exception {
    Signature claudes = new Signature(Signature.Maker.ANTHROPIC, "s1");
    Signature geminis = new Signature(Signature.Maker.GEMINI, "s2");
    String id = CarriedThought.carry(
        "c1",
        List.of(new CarriedThought("hm", claudes, true), new CarriedThought("", geminis, false)));
    Conversation said = messages("{'role':'user','content':'q'},"
        + "{'role':'assistant','content':'so','reasoning_content':'hm','tool_calls':[{'id':'" + id
        + "','type':'function','function':{'name':'w','arguments':'{}'}}]},"
        + "{'role':'tool','tool_call_id':'" + id + "','content':'r'}");
    assertThat(said.turns().get(1).parts())
        .containsExactly(
            new Part.Thought("messages[1].tool_calls[0].id", "hm", claudes),
            new Part.Text("messages[1].content", "so"),
            new Part.Thought("messages[1].tool_calls[0].id", "", geminis),
            new Part.ToolUse(
                "messages[1].tool_calls[0]", "c1", "w", Json.MAPPER.createObjectNode()));
    Part.ToolResult result = (Part.ToolResult) said.turns().get(2).parts().get(0);
    assertThat(List.of(result.id(), result.name())).containsExactly("c1", "w");
  }

  /** Ids with thoughts in them are too long for OpenAI, and the thoughts are not its own. */
  @Test
  void noThoughtOfOthersGoesOnInTheDialectItself() {
    String id = CarriedThought.carry(
        "c1",
        List.of(new CarriedThought("hm", new Signature(Signature.Maker.ANTHROPIC, "s"), true)));
    String body =
        "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[{\"role\":\"assistant\",\"tool_calls\":"
            + "[{\"type\":\"function\",\"id\":\"ID\",\"function\":{\"name\":\"w\",\"arguments\":\"{}\"}}]},"
            + "{\"role\":\"tool\",\"tool_call_id\":\"ID\",\"content\":\"ID\"}]}";
    byte[] said = Spoken.good(
            ChatQuestion.read(body.replace("ID", id).getBytes(StandardCharsets.UTF_8)))
        .bodyFor(new Terms("m", 9, "max_tokens"));
    assertThat(new String(said, StandardCharsets.UTF_8))
        .isEqualTo(body.replace("\"content\":\"ID\"", "\"content\":\"" + id + "\"")
            .replace("\"ID\"", "\"c1\""));
  }

  @Test
  void thoughtsWithoutSignatureAreTheTurnsFirst() throws Exception {
    Conversation said = messages(
        "{'role':'assistant','content':'so','reasoning_content':'hm'},{'role':'user','content':''}");
    assertThat(said.turns().get(0).parts())
        .containsExactly(
            new Part.Thought("messages[0].reasoning_content", "hm", null),
            new Part.Text("messages[0].content", "so"));
    assertThat(said.turns().get(1).parts())
        .containsExactly(new Part.Text("messages[1].content", ""));
  }

  @Test
  void functionsAreToolsThatAreCalledOneAtATime() throws Exception {
    Conversation said = chat("""
        {'model':'m','functions':[{'name':'w','description':'d','parameters':{'type':'object'}}],
         'function_call':{'name':'w'},
         'messages':[{'role':'user','content':'q'},
          {'role':'assistant','content':null,'function_call':{'name':'w','arguments':'{}'}},
          {'role':'function','name':'w','content':'r'}]}""");
    assertThat(said.tools())
        .containsExactly(new Tool(
            "functions[0]", "w", "d", Json.MAPPER.createObjectNode().put("type", "object"), false));
    assertThat(said.toolChoice()).isEqualTo(new Said<>(new ToolChoice.Named("w"), "function_call"));
    assertThat(said.parallelTools()).isEqualTo(new Said<>(false, "functions"));
    Part.ToolUse use = (Part.ToolUse) said.turns().get(1).parts().get(0);
    Part.ToolResult result = (Part.ToolResult) said.turns().get(2).parts().get(0);
    assertThat(result.id()).isEqualTo(use.id()).isNotEmpty();
  }

  @Test
  void toolsChoicesFormatsAndSamplingAreRead() throws Exception {
    Conversation said = with("""
        'tools':[{'type':'function','function':{'name':'w','strict':true,'parameters':{'type':'object'}}}],
        'tool_choice':{'type':'function','function':{'name':'w'}},'parallel_tool_calls':false,
        'temperature':0.5,'top_p':1,'top_k':-1,'seed':7,'stop':'x','frequency_penalty':0,'presence_penalty':null,
        'response_format':{'type':'json_schema','json_schema':{'name':'s','description':'why','strict':true,
           'schema':{'type':'object'}}},
        'reasoning_effort':'xhigh','n':3,'user':'u','safety_identifier':'s','stream':true,
        'max_tokens':5,'store':false,'metadata':{'a':'b'},'logprobs':false,'logit_bias':{},'modalities':['text'],
        'stream_options':{'include_usage':true},'service_tier':'auto','prediction':{'type':'content','content':'x'}""");
    assertThat(said.tools().get(0).strict()).isTrue();
    assertThat(said.toolChoice()).isEqualTo(new Said<>(new ToolChoice.Named("w"), "tool_choice"));
    assertThat(said.parallelTools()).isEqualTo(new Said<>(false, "parallel_tool_calls"));
    assertThat(said.sampling().temperature()).isEqualTo(new Said<>(0.5, "temperature"));
    assertThat(said.sampling().topK()).isNull();
    assertThat(said.sampling().seed()).isEqualTo(new Said<>(7L, "seed"));
    assertThat(said.sampling().stop()).isEqualTo(new Said<>(List.of("x"), "stop"));
    assertThat(said.sampling().presencePenalty()).isNull();
    assertThat(said.format())
        .isEqualTo(new Said<>(
            new Format.Schema(
                "s",
                Json.MAPPER.createObjectNode().put("type", "object").put("description", "why"),
                true),
            "response_format"));
    assertThat(said.reasoning())
        .isEqualTo(new Said<>(new Reasoning.Effort(Reasoning.Level.XHIGH), "reasoning_effort"));
    assertThat(said.choices().value()).isEqualTo(3);
    assertThat(said.user()).isEqualTo(new Said<>("s", "safety_identifier"));
    assertThat(said.stream()).isTrue();
    assertThat(said.beyond()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'logprobs':true                                              | logprobs
      'logit_bias':{'5':1}                                         | logit_bias
      'store':true                                                 | store
      'verbosity':'low'                                            | verbosity
      'modalities':['text','audio']                                | modalities
      'audio':{'voice':'alloy','format':'wav'}                     | audio
      'web_search_options':{}                                      | web_search_options
      'tools':[{'type':'custom','custom':{'name':'c'}}]            | tools[0]
      'tool_choice':{'type':'allowed_tools','allowed_tools':{}}    | tool_choice
      'min_p':0.1                                                  | min_p
      """)
  void whatNoOtherDialectHasIsNamed(String field, String at) throws Exception {
    assertThat(with(field).beyond()).extracting(Said::at).containsExactly(at);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {'role':'user','content':'a','name':'bob'}                               | messages[0].name
      {'role':'assistant','audio':{'id':'a'}}                                  | messages[0].audio
      {'role':'user','content':[{'type':'file','file':{'file_id':'f'}}]}       | messages[0].content[0].file.file_id
      """)
  void whatNoOtherDialectHasInMessagesIsNamed(String message, String at) throws Exception {
    assertThat(messages(message).beyond()).extracting(Said::at).containsExactly(at);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {'content':'a'}                                                       | messages[0].role
      {'role':'bot','content':'a'}                                          | messages[0].role
      {'role':'user'}                                                       | messages[0].content
      {'role':'user','content':5}                                           | messages[0].content
      {'role':'user','content':[{'text':'a'}]}                              | messages[0].content[0].type
      {'role':'user','content':[{'type':'text','text':5}]}                  | messages[0].content[0].text
      {'role':'user','content':[{'type':'video_url'}]}                      | messages[0].content[0].type
      {'role':'user','content':[{'type':'image_url','image_url':{'url':'ftp://x'}}]} | messages[0].content[0].image_url.url
      {'role':'user','content':[{'type':'image_url','image_url':{'url':'data:image/png,x'}}]} | messages[0].content[0].image_url.url
      {'role':'user','content':[{'type':'image_url','image_url':{'url':'data:image/png;base64,%%'}}]} | messages[0].content[0].image_url.url
      {'role':'system','content':[{'type':'image_url','image_url':{'url':'https://x'}}]} | messages[0].content[0]
      {'role':'assistant','tool_calls':[{'function':{'name':'w'}}]}         | messages[0].tool_calls[0].id
      {'role':'assistant','tool_calls':[{'id':'a','function':{}}]}          | messages[0].tool_calls[0].function.name
      {'role':'assistant','tool_calls':[{'id':'a','function':{'name':'w','arguments':'[1]'}}]} | messages[0].tool_calls[0].function.arguments
      {'role':'assistant','tool_calls':[{'id':'a','type':'custom'}]}        | messages[0].tool_calls[0]
      {'role':'tool','content':'a'}                                         | messages[0].tool_call_id
      {'role':'function','name':'w','content':'a'}                          | messages[0].role
      """)
  void aMessageThatIsWrongIsNamed(String message, String at) {
    UnsayableException wrong =
        catchThrowableOfType(UnsayableException.class, () -> messages(message));
    assertThat(wrong.field()).isEqualTo(at);
    assertThat(wrong.why()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'temperature':'hot'                                  | temperature
      'temperature':1e999                                  | temperature
      'seed':1.5                                           | seed
      'stop':5                                             | stop
      'stop':['a',5]                                       | stop[1]
      'tools':{}                                           | tools
      'tools':[{'type':'function'}]                        | tools[0].function
      'tools':[{'type':'function','function':{'name':''}}] | tools[0].function.name
      'tool_choice':'maybe'                                | tool_choice
      'tool_choice':{'type':'function'}                    | tool_choice.function.name
      'parallel_tool_calls':'no'                           | parallel_tool_calls
      'response_format':{'type':'xml'}                     | response_format.type
      'response_format':{'type':'json_schema'}             | response_format.json_schema.schema
      'reasoning_effort':'hard'                            | reasoning_effort
      'user':5                                             | user
      """)
  void aFieldThatIsWrongIsNamed(String field, String at) {
    UnsayableException wrong = catchThrowableOfType(UnsayableException.class, () -> with(field));
    assertThat(wrong.field()).isEqualTo(at);
  }
}
