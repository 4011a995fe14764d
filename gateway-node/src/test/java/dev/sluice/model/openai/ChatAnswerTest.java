package dev.sluice.model.openai;

import static dev.sluice.model.openai.Spoken.heard;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Began;
import dev.sluice.model.chat.AnswerEvent.Ended;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.AnswerEvent.Text;
import dev.sluice.model.chat.AnswerEvent.Thought;
import dev.sluice.model.chat.AnswerEvent.ToolArguments;
import dev.sluice.model.chat.AnswerEvent.ToolBegan;
import dev.sluice.model.chat.AnswerEvent.Used;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chat completions and their chunks, as many servers write them. */
class ChatAnswerTest {
  private static final String DONE = "data: [DONE]\n\n";

  private static String chunk(String rest) {
    return "data: " + ("{'id':'c'," + rest + "}").replace('\'', '"') + "\n\n";
  }

  private static String delta(String delta) {
    return chunk("'choices':[{'index':0,'delta':{" + delta + "},'finish_reason':null}]");
  }

  private static String end(String reason) {
    return chunk("'choices':[{'index':0,'delta':{},'finish_reason':'" + reason + "'}]");
  }

  private static List<AnswerEvent> stream(String text) {
    return heard(new ChatStreamReader("call_x"), text);
  }

  private static List<AnswerEvent> document(String json) {
    return heard(new ChatDocumentReader("call_x"), json.replace('\'', '"'));
  }

  /** OpenAI's, with thoughts as DeepSeek has them, two calls, usage, and comments between. */
  static final String RECORDED = ": hello\n\n"
      + delta("'role':'assistant','content':''") + delta("'reasoning_content':'grün 😀'")
      + delta("'content':'so '") + delta("'content':'be it'").replace("\n", "\r\n")
      + delta(
          "'tool_calls':[{'index':0,'id':'c1','type':'function','function':{'name':'w','arguments':''}}]")
      + delta("'tool_calls':[{'index':0,'function':{'arguments':'{\\'a\\':'}}]")
      + delta("'tool_calls':[{'index':0,'function':{'arguments':'1}'}}]")
      + delta(
          "'tool_calls':[{'index':1,'id':'c2','type':'function','function':{'name':'t','arguments':'{}'}}]")
      + end("tool_calls")
      + chunk("'choices':[],'usage':{'prompt_tokens':5,'completion_tokens':9,'total_tokens':14}")
      + DONE;

  private static final List<AnswerEvent> RECORDED_EVENTS = List.of(
      new Began("c"),
      new Thought(0, "grün 😀"),
      new Text(0, "so "),
      new Text(0, "be it"),
      new ToolBegan(0, 0, "c1", "w"),
      new ToolArguments(0, 0, "{\"a\":"),
      new ToolArguments(0, 0, "1}"),
      new ToolBegan(0, 1, "c2", "t"),
      new ToolArguments(0, 1, "{}"),
      new Ended(0, Reason.TOOL_CALLS, ""),
      new Used(TokenUsage.of(5, 9)));

  /** Azure's: a first chunk that judges the prompt, and none of the usual end. */
  static final String AZURES =
      "data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\",\"prompt_filter_results\":"
          + "[{\"prompt_index\":0,\"content_filter_results\":{\"hate\":{\"filtered\":false}}}]}\n\n"
          + delta("'role':'assistant','content':'','refusal':null")
          + chunk(
              "'choices':[{'index':0,'delta':{'content':'hi'},'content_filter_results':{},'finish_reason':null,'logprobs':null}],'usage':null")
          + end("stop")
          + chunk("'choices':[],'usage':{'prompt_tokens':5,'completion_tokens':1}") + DONE;

  @Test
  void anySplitOfAStreamSaysTheSame() {
    for (String text : List.of(RECORDED, AZURES)) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      List<AnswerEvent> expected = stream(text);
      for (int split = 0; split <= bytes.length; split++) {
        List<AnswerEvent> events = new ArrayList<>();
        AnswerReader reader = new ChatStreamReader("call_x");
        reader.read(bytes, 0, split, events::add);
        reader.read(bytes, split, bytes.length, events::add);
        assertThat(reader.end(events::add)).isTrue();
        assertThat(events).as("split %d", split).isEqualTo(expected);
      }
      for (int seed = 0; seed < 200; seed++) {
        assertThat(heard(new ChatStreamReader("call_x"), bytes, new Random(seed)))
            .as("seed %d", seed)
            .isEqualTo(expected);
      }
    }
    assertThat(stream(RECORDED)).isEqualTo(RECORDED_EVENTS);
    assertThat(stream(AZURES))
        .containsExactly(
            new Began("c"),
            new Text(0, "hi"),
            new Ended(0, Reason.STOP, ""),
            new Used(TokenUsage.of(5, 1)));
  }

  @Test
  void aStreamThatIsCutHasNoEnd() {
    byte[] bytes = RECORDED.getBytes(StandardCharsets.UTF_8);
    int usage = RECORDED.indexOf("\"usage\"");
    for (int cut = 0; cut < usage; cut++) {
      List<AnswerEvent> events = new ArrayList<>();
      AnswerReader reader = new ChatStreamReader("call_x");
      reader.read(bytes, 0, cut, events::add);
      assertThat(reader.end(events::add)).as("cut %d", cut).isFalse();
      assertThat(events).doesNotHaveAnyElementsOfTypes(AnswerEvent.Failed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Several at index 0, told apart by their ids
        "'tool_calls':[{'index':0,'id':'c1','function':{'name':'w','arguments':'{}'}}]"
            + "|'tool_calls':[{'index':0,'id':'c2','function':{'name':'t','arguments':'{}'}}]",
        // No index
        "'tool_calls':[{'id':'c1','function':{'name':'w','arguments':'{}'}}]"
            + "|'tool_calls':[{'id':'c2','function':{'name':'t','arguments':'{}'}}]",
        // All at once
        "'tool_calls':[{'id':'c1','function':{'name':'w','arguments':'{}'}},{'id':'c2','function':{'name':'t','arguments':'{}'}}]",
        // Arguments are an object
        "'tool_calls':[{'index':0,'id':'c1','function':{'name':'w','arguments':{}}}]"
            + "|'tool_calls':[{'index':1,'id':'c2','function':{'name':'t','arguments':{}}}]",
        // The id, then the name, then the rest; counted from one
        "'tool_calls':[{'index':1,'id':'c1','type':'function','function':{'arguments':''}}]"
            + "|'tool_calls':[{'index':1,'function':{'name':'w'}}]"
            + "|'tool_calls':[{'index':1,'function':{'arguments':'{}'}}]"
            + "|'tool_calls':[{'index':2,'id':'c2','function':{'name':'t','arguments':'{}'}}]",
        // The arguments before the name
        "'tool_calls':[{'index':0,'id':'c1','function':{'arguments':'{'}}]"
            + "|'tool_calls':[{'index':0,'id':'c1','function':{'name':'w','arguments':'}'}}]"
            + "|'tool_calls':[{'index':1,'id':'c2','function':{'name':'t','arguments':'{}'}}]",
        // The id and an empty name in each piece
        "'tool_calls':[{'index':0,'id':'c1','function':{'name':'w','arguments':''}}]"
            + "|'tool_calls':[{'index':0,'id':'c1','function':{'name':'','arguments':'{}'}}]"
            + "|'tool_calls':[{'index':1,'id':'c2','function':{'name':'t','arguments':'{}'}}]",
      })
  void callsOfToolsAreReadInAllTheirShapes(String deltas) {
    StringBuilder text = new StringBuilder();
    for (String one : deltas.split("\\|", -1)) {
      text.append(delta(one));
    }
    assertThat(stream(text + end("stop") + DONE))
        .containsExactly(
            new Began("c"),
            new ToolBegan(0, 0, "c1", "w"),
            new ToolArguments(0, 0, "{}"),
            new ToolBegan(0, 1, "c2", "t"),
            new ToolArguments(0, 1, "{}"),
            new Ended(0, Reason.TOOL_CALLS, ""));
  }

  @Test
  void idsThatAreMissingAreMade() {
    assertThat(stream(delta(
                "'tool_calls':[{'index':0,'function':{'name':'w','arguments':'{}'}},{'index':1,'id':'','function':{'name':'w'}}]")
            + DONE))
        .containsExactly(
            new Began("c"),
            new ToolBegan(0, 0, "call_x_0_0", "w"),
            new ToolArguments(0, 0, "{}"),
            new ToolBegan(0, 1, "call_x_0_1", "w"),
            new Ended(0, Reason.TOOL_CALLS, ""));
  }

  @Test
  void anOldFunctionCallIsACall() {
    assertThat(stream(delta("'function_call':{'name':'w','arguments':''}")
            + delta("'function_call':{'arguments':'{}'}")
            + end("function_call")
            + DONE))
        .containsExactly(
            new Began("c"),
            new ToolBegan(0, 0, "call_x_0_0", "w"),
            new ToolArguments(0, 0, "{}"),
            new Ended(0, Reason.TOOL_CALLS, ""));
  }

  @Test
  void geminisSignatureComesBeforeItsCall() {
    assertThat(
            stream(
                delta(
                    "'tool_calls':[{'index':0,'id':'c1','extra_content':{'google':{'thought_signature':'g'}},'function':{'name':'w'}}]")))
        .containsExactly(
            new Began("c"),
            new AnswerEvent.Signed(0, new Signature(Signature.Maker.GEMINI, "g")),
            new ToolBegan(0, 0, "c1", "w"));
  }

  @Test
  void thoughtsAreReadUnderAllTheirNames() {
    assertThat(
            stream(
                delta("'reasoning':'a'")
                    + delta("'reasoning':'b','reasoning_content':'b'")
                    + delta(
                        "'content':[{'type':'thinking','thinking':[{'type':'text','text':'c'}]},{'type':'text','text':'so'}]")))
        .containsExactly(
            new Began("c"),
            new Thought(0, "a"),
            new Thought(0, "b"),
            new Thought(0, "c"),
            new Text(0, "so"));
  }

  @ParameterizedTest
  @CsvSource({
    "stop,STOP",
    "eos,STOP",
    "length,LENGTH",
    "model_length,LENGTH",
    "content_filter,FILTERED",
    "tool_calls,TOOL_CALLS",
    "function_call,TOOL_CALLS"
  })
  void reasonsAreReadInTheWordsOfManyServers(String word, Reason reason) {
    assertThat(stream(end(word))).containsExactly(new Began("c"), new Ended(0, reason, ""));
  }

  @Test
  void theTextThatAnAnswerStoppedAtIsTold() {
    assertThat(
            stream(
                chunk(
                    "'choices':[{'index':0,'delta':{'content':''},'finish_reason':'stop','stop_reason':'END'}]")))
        .containsExactly(new Began("c"), new Ended(0, Reason.STOP, "END"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'choices':[],'usage':{'prompt_tokens':5,'completion_tokens':9}",
        "'choices':[],'x_groq':{'usage':{'prompt_tokens':5,'completion_tokens':9}}",
        "'choices':[{'index':0,'delta':{},'usage':{'prompt_tokens':5,'completion_tokens':9}}]",
      })
  void usageIsFoundInAllItsPlaces(String rest) {
    assertThat(stream(end("stop") + chunk(rest) + DONE))
        .containsExactly(
            new Began("c"), new Ended(0, Reason.STOP, ""), new Used(TokenUsage.of(5, 9)));
  }

  @Test
  void choicesThatDoNotEndThemselvesEndWithTheStream() {
    assertThat(stream(chunk("'choices':[{'index':1,'delta':{'content':'a'}}]") + DONE))
        .containsExactly(new Began("c"), new Text(1, "a"), new Ended(1, Reason.STOP, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\",\"code\":503}}\n\n",
        "data: {\"error\":{\"message\":\"boom\",\"code\":\"server_is_overloaded\"}}\n\n",
        "event: error\ndata: {\"message\":\"boom\",\"type\":\"overloaded_error\"}\n\n",
      })
  void anErrorInTheMiddleIsAFailureAndTheRestIsIgnored(String event) {
    List<AnswerEvent> events = new ArrayList<>();
    AnswerReader reader = new ChatStreamReader("x");
    byte[] bytes = (delta("'content':'a'") + event + delta("'content':'b'") + DONE)
        .getBytes(StandardCharsets.UTF_8);
    reader.read(bytes, 0, bytes.length, events::add);
    assertThat(reader.end(events::add)).isFalse();
    assertThat(events)
        .containsExactly(
            new Began("c"),
            new Text(0, "a"),
            new AnswerEvent.Failed(new ProviderError(503, ProviderError.Kind.OVERLOADED, "boom")));
  }

  @Test
  void anAnswerThatItsServerGivesUpIsAFailure() {
    assertThat(stream(end("insufficient_system_resource")))
        .last()
        .isInstanceOfSatisfying(
            AnswerEvent.Failed.class,
            failed -> assertThat(failed.error().kind()).isEqualTo(ProviderError.Kind.OVERLOADED));
  }

  @Test
  void whatIsNoJsonIsAFailure() {
    assertThat(stream("data: {\"cho\n\n")).singleElement().isInstanceOf(AnswerEvent.Failed.class);
    assertThat(document("<html>")).singleElement().isInstanceOf(AnswerEvent.Failed.class);
  }

  @Test
  void aDocumentIsReadWhole() {
    assertThat(document("""
            {'id':'c','choices':[{'index':0,'message':{'role':'assistant','content':null,'refusal':'no','reasoning':'hm',
              'tool_calls':[{'id':'c1','type':'function','function':{'name':'w','arguments':'{}'}}],
              'function_call':{'name':'w','arguments':'{}'}},'finish_reason':'tool_calls'},
             {'index':1,'message':{'content':'b'},'finish_reason':'length'}],
             'usage':{'prompt_tokens':5,'completion_tokens':9}}"""))
        .containsExactly(
            new Began("c"),
            new Thought(0, "hm"),
            new AnswerEvent.Declined(0, "no"),
            new ToolBegan(0, 0, "c1", "w"),
            new ToolArguments(0, 0, "{}"),
            new Ended(0, Reason.TOOL_CALLS, ""),
            new Text(1, "b"),
            new Ended(1, Reason.LENGTH, ""),
            new Used(TokenUsage.of(5, 9)));
  }

  @Test
  void anEventOrDocumentThatIsTooLongIsAFailureAndIsNotKept() {
    for (AnswerReader reader : List.of(new ChatStreamReader("x"), new ChatDocumentReader("x"))) {
      byte[] piece = ("data: " + "x".repeat(1 << 20)).getBytes(StandardCharsets.UTF_8);
      List<AnswerEvent> events = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        reader.read(piece, 0, piece.length, events::add);
      }
      assertThat(reader.end(events::add)).isFalse();
      assertThat(events).singleElement().isInstanceOf(AnswerEvent.Failed.class);
    }
  }
}
