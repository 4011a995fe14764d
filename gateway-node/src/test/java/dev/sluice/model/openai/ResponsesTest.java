package dev.sluice.model.openai;

import static dev.sluice.model.openai.Spoken.bad;
import static dev.sluice.model.openai.Spoken.good;
import static dev.sluice.model.openai.Spoken.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests for responses. */
class ResponsesTest {
  private static QuestionRead read(String json) {
    return new Responses().read("/v1/responses", "application/json", json(json));
  }

  private static Question with(String fields) {
    return good(read(
        "{'model':'m'," + fields + (fields.contains("'input'") ? "}" : ",'input':'one two'}")));
  }

  private static Conversation items(String items) throws UnsayableException {
    return with("'input':[" + items + "]").conversation();
  }

  @Test
  void theEnvelopeIsRead() {
    Envelope envelope = with("""
        'instructions':'be brief','stream':true,'max_output_tokens':70,'input':[
         {'role':'user','content':'zero'},
         {'type':'message','role':'user','content':[{'type':'input_text','text':'one  two'},{'type':'input_text','text':'three'}]},
         {'type':'function_call','call_id':'c','name':'w','arguments':'{}'},
         {'type':'function_call_output','call_id':'c','output':'four'}]""").envelope();
    assertThat(envelope.model()).isEqualTo("m");
    assertThat(envelope.stream()).isTrue();
    assertThat(envelope.choices()).isEqualTo(1);
    assertThat(envelope.outputCap()).isEqualTo(70);
    assertThat(envelope.lastUserText()).isEqualTo("one  two three");
    assertThat(envelope.words()).isEqualTo(7);
    assertThat(envelope.unbounded()).isNull();
    assertThat(envelope.inputBound())
        .isGreaterThanOrEqualTo("be briefzeroone  twothreecw{}cfour".length() + 4 * 16 + 32);
  }

  @Test
  void theInputBoundIsAtLeastEveryByteOfText() {
    String tools = "{'type':'function','name':'w','description':'dd','parameters':{'a':1}}";
    long with = with("'tools':[" + tools + "],'input':'grüß 😀'").envelope().inputBound();
    long without = with("'input':''").envelope().inputBound();
    assertThat(with - without)
        .isGreaterThanOrEqualTo("grüß 😀".getBytes(StandardCharsets.UTF_8).length
            + "typefunctionnamewdescriptionddparametersa1".length()
            + 16);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'previous_response_id':'resp_1'                                           | previous_response_id
      'conversation':{'id':'c'}                                                 | conversation
      'prompt':{'id':'p'}                                                       | prompt
      'tools':[{'type':'function','name':'w'},{'type':'web_search'}]            | tools[1]
      'input':[{'role':'user','content':[{'type':'input_image','image_url':'https://x'}]}] | input[0].content[0]
      'input':[{'type':'function_call_output','call_id':'c','output':[{'type':'input_file','file_id':'f'}]}] | input[0].output[0]
      'input':[{'type':'item_reference','id':'i'}]                              | input[0]
      'input':[{'role':'user','content':'a'},{'type':'compaction','encrypted_content':'x'}] | input[1]
      """)
  void whatIsStoredOrFetchedByTheProviderIsNotBounded(String field, String named) {
    assertThat(with(field).envelope().unbounded()).isEqualTo(named);
  }

  @Test
  void thoughtsThatAreGivenBackAreBounded() {
    assertThat(
            with("'input':[{'type':'reasoning','id':'r','summary':[{'type':'summary_text','text':'a'}],'encrypted_content':'xyz'}]")
                .envelope()
                .unbounded())
        .isNull();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {'input':'a'}                                     | model
      {'model':'','input':'a'}                          | model
      {'model':5,'input':'a'}                           | model
      {'model':'m'}                                     | input
      {'model':'m','input':5}                           | input
      {'model':'m','input':['a']}                       | input[0]
      {'model':'m','input':'a','stream':'yes'}          | stream
      {'model':'m','input':'a','max_output_tokens':0}   | max_output_tokens
      {'model':'m','input':'a','tools':[{}]}            | tools[0].type
      {'model':'m','model':'n','input':'a'}             | body
      {'model':'m','input':'a','background':true}       | background
      {'model':'m','input':'a','Max_Output_Tokens':9}   | Max_Output_Tokens
      []                                                | body
      """)
  void namesTheFieldThatCanNotBeTaken(String json, String field) {
    assertThat(bad(read(json)).field()).isEqualTo(field);
  }

  @Test
  void changesOnlyTheFieldsThatItMustSet() {
    Terms terms = new Terms("n", 50, "max_tokens");
    assertThat(new String(
            with("'max_output_tokens':70, 'x' : {'model':'m'}").bodyFor(terms),
            StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"model\":\"n\",\"max_output_tokens\":50, \"x\" : {\"model\":\"m\"},\"input\":\"one two\"}");
    assertThat(new String(with("'x':1").bodyFor(terms), StandardCharsets.UTF_8))
        .isEqualTo("{\"max_output_tokens\":50,\"model\":\"n\",\"x\":1,\"input\":\"one two\"}");
    String small = "{'model':'n','max_output_tokens':7,'input':'a'}";
    assertThat(good(read(small)).bodyFor(terms)).isEqualTo(json(small));
  }

  @Test
  void allItemsOfAConversationAreRead() throws Exception {
    Conversation said = with("""
        'instructions':'sys','input':[
         {'role':'developer','content':'dev'},
         {'role':'user','content':[{'type':'input_text','text':'q'},{'type':'input_image','image_url':'data:image/png;base64,AAAA','detail':'high'},
            {'type':'input_file','filename':'a.pdf','file_data':'data:application/pdf;base64,AAAA'},{'type':'input_file','file_url':'https://x/a.pdf'}]},
         {'type':'reasoning','id':'rs_1','summary':[{'type':'summary_text','text':'hm'}],'encrypted_content':'sluice-anthropic-sig'},
         {'type':'message','id':'msg_1','status':'completed','role':'assistant','content':[{'type':'output_text','text':'so','annotations':[]},{'type':'refusal','refusal':'no'}]},
         {'type':'function_call','id':'fc_1','call_id':'c1','name':'w','arguments':'{}','status':'completed'},
         {'type':'function_call_output','call_id':'c1','output':'r'},
         {'type':'reasoning','id':'rs_2','summary':[],'encrypted_content':'gAAA'}]""").conversation();
    assertThat(said.beyond()).isEmpty();
    assertThat(said.system()).extracting(Part.Text::text).containsExactly("sys", "dev");
    assertThat(said.turns())
        .containsExactly(
            new Turn(
                Turn.Role.USER,
                List.of(
                    new Part.Text("input[1].content[0].text", "q"),
                    new Part.Image(
                        "input[1].content[1]", new Part.Source.Bytes("image/png", "AAAA"), "high"),
                    new Part.Document(
                        "input[1].content[2]",
                        new Part.Source.Bytes("application/pdf", "AAAA"),
                        "a.pdf"),
                    new Part.Document(
                        "input[1].content[3]", new Part.Source.Url("", "https://x/a.pdf"), ""))),
            new Turn(
                Turn.Role.ASSISTANT,
                List.of(new Part.Thought(
                    "input[2]", "hm", new Signature(Signature.Maker.ANTHROPIC, "sig")))),
            new Turn(
                Turn.Role.ASSISTANT,
                List.of(
                    new Part.Text("input[3].content[0].text", "so"),
                    new Part.Text("input[3].content[1].refusal", "no"))),
            new Turn(
                Turn.Role.ASSISTANT,
                List.of(new Part.ToolUse("input[4]", "c1", "w", Json.MAPPER.createObjectNode()))),
            new Turn(
                Turn.Role.USER,
                List.of(new Part.ToolResult(
                    "input[5]", "c1", "w", List.of(new Part.Text("input[5].output", "r")), false))),
            new Turn(
                Turn.Role.ASSISTANT,
                List.of(new Part.Thought(
                    "input[6]", "", new Signature(Signature.Maker.OPENAI, "gAAA")))));
  }

  @Test
  void otherFieldsAreRead() throws Exception {
    Conversation said = with("""
        'tools':[{'type':'function','name':'w','description':'d','parameters':{'type':'object'},'strict':true}],
        'tool_choice':{'type':'function','name':'w'},'parallel_tool_calls':false,'temperature':0.5,'top_p':0.9,
        'text':{'format':{'type':'json_schema','name':'s','schema':{'type':'object'},'strict':true},'verbosity':'medium'},
        'reasoning':{'effort':'high','summary':'auto'},'user':'u','store':false,'truncation':'disabled','include':['reasoning.encrypted_content'],
        'metadata':{},'service_tier':'auto','top_logprobs':0,'background':false,'previous_response_id':null,'prompt_cache_key':'k'""").conversation();
    assertThat(said.beyond()).isEmpty();
    assertThat(said.tools().get(0).strict()).isTrue();
    assertThat(said.toolChoice()).isEqualTo(new Said<>(new ToolChoice.Named("w"), "tool_choice"));
    assertThat(said.format())
        .isEqualTo(new Said<>(
            new Format.Schema("s", Json.MAPPER.createObjectNode().put("type", "object"), true),
            "text.format"));
    assertThat(said.reasoning())
        .isEqualTo(new Said<>(new Reasoning.Effort(Reasoning.Level.HIGH), "reasoning.effort"));
    assertThat(said.user()).isEqualTo(new Said<>("u", "user"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'previous_response_id':'resp_1'                      | previous_response_id
      'store':true                                         | store
      'truncation':'auto'                                  | truncation
      'tools':[{'type':'web_search'}]                      | tools[0]
      'tool_choice':{'type':'web_search'}                  | tool_choice
      'text':{'verbosity':'low'}                           | text.verbosity
      'include':['message.output_text.logprobs']           | include[0]
      'input':[{'type':'web_search_call','id':'i'}]        | input[0]
      'input':[{'role':'user','content':[{'type':'input_image','file_id':'f'}]}] | input[0].content[0].file_id
      'max_steps':5                                        | max_steps
      """)
  void whatNoOtherDialectHasIsNamed(String field, String at) throws Exception {
    assertThat(with(field).conversation().beyond()).extracting(Said::at).containsExactly(at);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {'role':'bot','content':'a'}                                              | input[0].role
      {'role':'user','content':[{'type':'video','x':1}]}                        | input[0].content[0].type
      {'role':'user','content':[{'type':'input_image'}]}                        | input[0].content[0].image_url
      {'type':'function_call','call_id':'c','name':'w','arguments':'x'}         | input[0].arguments
      {'type':'function_call','name':'w','arguments':'{}'}                      | input[0].call_id
      {'type':'function_call_output','call_id':'c','output':5}                  | input[0].output
      {'type':'item_reference','id':'rs_1'}                                     | input[0]
      {'type':'reasoning','summary':[{'type':'summary_text'}]}                 | input[0].summary[0].text
      """)
  void anItemThatIsWrongIsNamed(String item, String at) {
    UnsayableException wrong = catchThrowableOfType(UnsayableException.class, () -> items(item));
    assertThat(wrong.field()).isEqualTo(at);
  }
}
