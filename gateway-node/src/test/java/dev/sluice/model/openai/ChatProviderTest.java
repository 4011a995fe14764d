package dev.sluice.model.openai;

import static dev.sluice.model.openai.Spoken.chat;
import static dev.sluice.model.openai.Spoken.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.openai.ChatOptions.Feature;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversations as chat completion requests. */
class ChatProviderTest {
  private static final Terms TERMS = new Terms("gpt", 100, "max_completion_tokens");

  private static JsonNode asked(ChatOptions options, Conversation conversation, Losses losses)
      throws UnsayableException {
    Outgoing outgoing = new ChatProvider(options).ask(conversation, TERMS, losses);
    assertThat(outgoing.path()).isEqualTo("/chat/completions");
    return Json.tree(outgoing.body());
  }

  private static JsonNode asked(Conversation conversation) throws UnsayableException {
    return asked(ChatOptions.OPENAI, conversation, new Losses(false));
  }

  private static Conversation turns(Turn... turns) {
    return new Conversation(
        List.of(),
        List.of(turns),
        List.of(),
        null,
        null,
        Sampling.UNSAID,
        null,
        null,
        new Said<>(1L, "n"),
        false,
        null,
        List.of());
  }

  private static Turn user(Part... parts) {
    return new Turn(Turn.Role.USER, List.of(parts));
  }

  private static Turn assistant(Part... parts) {
    return new Turn(Turn.Role.ASSISTANT, List.of(parts));
  }

  private static Part text(String text) {
    return new Part.Text("t", text);
  }

  private static JsonNode tree(String json) {
    return Json.tree(json(json));
  }

  /** Read and said again, a request is what it was. */
  @Test
  void aRequestOfThisDialectSurvivesTheWayThroughAConversation() throws Exception {
    String request = """
        {'model':'gpt','messages':[
          {'role':'system','content':'be brief'},
          {'role':'user','content':[{'type':'text','text':'a'},{'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA','detail':'low'}},
            {'type':'input_audio','input_audio':{'data':'AAAA','format':'mp3'}},
            {'type':'file','file':{'filename':'a.pdf','file_data':'data:application/pdf;base64,AAAA'}}]},
          {'role':'assistant','content':'so','tool_calls':[{'id':'c1','type':'function','function':{'name':'w','arguments':'{}'}}]},
          {'role':'tool','tool_call_id':'c1','content':'r'},
          {'role':'user','content':'and?'}],
         'max_completion_tokens':100,'stream':true,'stream_options':{'include_usage':true},'n':2,
         'tools':[{'type':'function','function':{'name':'w','description':'d','parameters':{'type':'object'},'strict':true}}],
         'tool_choice':{'type':'function','function':{'name':'w'}},'parallel_tool_calls':false,
         'temperature':0.5,'top_p':0.9,'frequency_penalty':0.1,'presence_penalty':0.2,'seed':7,'stop':['x'],
         'response_format':{'type':'json_schema','json_schema':{'name':'s','schema':{'type':'object'},'strict':true}},
         'reasoning_effort':'low','user':'u'}""";
    assertThat(asked(chat(request))).isEqualTo(tree(request));
  }

  @Test
  void neighboursOfOneRoleAreOneMessage() throws Exception {
    Conversation said = turns(
        user(text("a")),
        user(text("b")),
        assistant(new Part.Thought("t", "hm", null)),
        assistant(text("x")),
        assistant(new Part.ToolUse("u", "c1", "w", Json.MAPPER.createObjectNode())),
        assistant(new Part.ToolUse("u", "c2", "w", Json.MAPPER.createObjectNode())));
    assertThat(asked(said).path("messages")).isEqualTo(tree("""
            [{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]},
             {'role':'assistant','content':'x','tool_calls':[
               {'id':'c1','type':'function','function':{'name':'w','arguments':'{}'}},
               {'id':'c2','type':'function','function':{'name':'w','arguments':'{}'}}]}]"""));
  }

  @Test
  void resultsComeFirstAndTheirImagesAfterAllOfThem() throws Exception {
    Part image = new Part.Image("i", new Part.Source.Bytes("image/png", "AAAA"), "");
    Conversation said = turns(user(
        new Part.ToolResult("r", "c1", "w", List.of(text("a"), image), false),
        text("and?"),
        new Part.ToolResult("r", "c2", "w", List.of(text("boom")), true),
        new Part.ToolResult("r", "c3", "w", List.of(text("Error 5")), true)));
    assertThat(asked(said).path("messages")).isEqualTo(tree("""
            [{'role':'tool','tool_call_id':'c1','content':'a'},
             {'role':'tool','tool_call_id':'c2','content':'Error: boom'},
             {'role':'tool','tool_call_id':'c3','content':'Error 5'},
             {'role':'user','content':[{'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA'}},
                {'type':'text','text':'and?'}]}]"""));
  }

  @Test
  void thoughtsGoBackOnlyToServersThatTakeThem() throws Exception {
    Conversation said = turns(assistant(
        new Part.Thought("t", "hm", new Signature(Signature.Maker.GEMINI, "g")),
        new Part.ToolUse("u", "c1", "w", Json.MAPPER.createObjectNode())));
    assertThat(asked(said).path("messages").path(0))
        .isEqualTo(
            tree(
                "{'role':'assistant','content':null,'tool_calls':[{'id':'c1','type':'function','function':{'name':'w','arguments':'{}'}}]}"));
    JsonNode other = asked(
            ChatOptions.OPENAI.with(Feature.THOUGHTS, Feature.GOOGLE_SIGNATURES),
            said,
            new Losses(false))
        .path("messages")
        .path(0);
    assertThat(other.path("reasoning_content").asText()).isEqualTo("hm");
    assertThat(other.at("/tool_calls/0/extra_content/google/thought_signature").asText())
        .isEqualTo("g");
  }

  @Test
  void documentsThatAreTextsAreTexts() throws Exception {
    Conversation said =
        turns(user(new Part.Document("d", new Part.Source.PlainText("body"), "a.txt")));
    assertThat(asked(said).path("messages"))
        .isEqualTo(tree("[{'role':'user','content':[{'type':'text','text':'a.txt:\\nbody'}]}]"));
  }

  @Test
  void idsAreShortWhereTheyMustBeAndStayTheSameForTheirResult() throws Exception {
    Conversation said = turns(
        assistant(new Part.ToolUse("u", "toolu_abcdefghijkl", "w", Json.MAPPER.createObjectNode())),
        user(new Part.ToolResult("r", "toolu_abcdefghijkl", "w", List.of(text("a")), false)));
    JsonNode messages = asked(ChatOptions.OPENAI.with(Feature.SHORT_IDS), said, new Losses(false))
        .path("messages");
    String id = messages.at("/0/tool_calls/0/id").asText();
    assertThat(id)
        .matches("[A-Za-z0-9]{9}")
        .isEqualTo(messages.at("/1/tool_call_id").asText());
    assertThat(ShortIds.of("aB3dE6gH9")).isEqualTo("aB3dE6gH9");
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, 'none'",
    "BUDGET_1, 'minimal'",
    "BUDGET_2048, 'low'",
    "BUDGET_5000, 'high'",
    "DYNAMIC, ''"
  })
  void howMuchToThinkIsAnEffort(String said, String effort) throws Exception {
    Reasoning reasoning = said.equals("NONE")
        ? new Reasoning.Off()
        : said.equals("DYNAMIC")
            ? new Reasoning.Dynamic()
            : new Reasoning.Budget(Long.parseLong(said.substring(7)));
    Conversation with = new Conversation(
        List.of(),
        List.of(user(text("a"))),
        List.of(),
        null,
        null,
        Sampling.UNSAID,
        null,
        new Said<>(reasoning, "thinking"),
        new Said<>(1L, "n"),
        false,
        null,
        List.of());
    assertThat(asked(with).path("reasoning_effort").asText("")).isEqualTo(effort);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'top_k':5                                                                  |                    | top_k
      'logprobs':true                                                            |                    | logprobs
      'stop':['a','b','c','d','e']                                               |                    | stop
      'seed':5                                                                   | seed               | seed
      'n':2                                                                      | CHOICES            | n
      'frequency_penalty':1                                                      | PENALTIES          | frequency_penalty
      'reasoning_effort':'low'                                                   | REASONING_EFFORT   | reasoning_effort
      'response_format':{'type':'json_schema','json_schema':{'schema':{}}}       | JSON_SCHEMA        | response_format
      'parallel_tool_calls':false,'tools':[{'function':{'name':'w'}}]            | PARALLEL_TOOL_CALLS | parallel_tool_calls
      'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'https://x'}}]}] | IMAGES | messages[0].content[0]
      'messages':[{'role':'user','content':[{'type':'input_audio','input_audio':{'data':'AAAA','format':'wav'}}]}] | AUDIO | messages[0].content[0]
      'messages':[{'role':'user','content':[{'type':'input_audio','input_audio':{'data':'AAAA','format':'flac'}}]}] | | messages[0].content[0]
      'messages':[{'role':'user','content':[{'type':'file','file':{'file_data':'AAAA'}}]}] | FILES | messages[0].content[0]
      """)
  void whatTheServerLacksIsNamedOrLeftOut(String field, String lacks, String at) throws Exception {
    ChatOptions options = ChatOptions.OPENAI;
    if ("seed".equals(lacks)) {
      options = new ChatOptions("system", "", "required", options.features());
    } else if (lacks != null) {
      options = options.without(Feature.valueOf(lacks));
    }
    ChatOptions without = options;
    String request = "{'model':'m'," + field
        + (field.contains("messages") ? "" : ",'messages':[{'role':'user','content':'hi'}]") + "}";
    UnsayableException refused = catchThrowableOfType(
        UnsayableException.class, () -> asked(without, chat(request), new Losses(false)));
    assertThat(refused.field()).isEqualTo(at);
    Losses losses = new Losses(true);
    asked(without, chat(request), losses);
    assertThat(losses.dropped()).containsExactly(at);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'user':'u'                                       | USER
      'reasoning_effort':'none'                        | REASONING_EFFORT
      'frequency_penalty':0                            | PENALTIES
      'parallel_tool_calls':true,'tools':[{'function':{'name':'w'}}] | PARALLEL_TOOL_CALLS
      'stream':true                                    | STREAM_OPTIONS
      """)
  void whatChangesNothingIsLeftOutInSilence(String field, String lacks) throws Exception {
    JsonNode body = asked(
        ChatOptions.OPENAI.without(Feature.valueOf(lacks)),
        chat("{'model':'m'," + field + ",'messages':[{'role':'user','content':'hi'}]}"),
        new Losses(false));
    assertThat(body.has(field.substring(1, field.indexOf('\'', 1))))
        .isEqualTo(field.contains("stream"));
    assertThat(body.has("stream_options")).isFalse();
  }

  @Test
  void mistralsWordsAreSaid() throws Exception {
    Conversation said = new Conversation(
        List.of(new Part.Text("s", "a"), new Part.Text("s", "b")),
        List.of(user(text("q"))),
        List.of(new Tool("t", "w", "", Json.MAPPER.createObjectNode(), true)),
        new Said<>(new ToolChoice.Any(), "tool_choice"),
        null,
        new Sampling(null, null, null, null, null, new Said<>(5L, "seed"), null),
        new Said<>(new Format.AnyObject(), "f"),
        null,
        new Said<>(1L, "n"),
        false,
        null,
        List.of());
    ChatOptions mistral = new ChatOptions(
        "system",
        "random_seed",
        "any",
        ChatOptions.OPENAI.without(Feature.STRICT).features());
    assertThat(asked(mistral, said, new Losses(false))).isEqualTo(tree("""
            {'model':'gpt','messages':[{'role':'system','content':'a\\nb'},{'role':'user','content':'q'}],
             'max_completion_tokens':100,'tools':[{'type':'function','function':{'name':'w'}}],'tool_choice':'any',
             'random_seed':5,'response_format':{'type':'json_object'}}"""));
  }
}
