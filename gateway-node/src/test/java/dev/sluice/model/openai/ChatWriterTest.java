package dev.sluice.model.openai;

import static dev.sluice.model.openai.Spoken.NO_USAGE;
import static dev.sluice.model.openai.Spoken.TERMS;
import static dev.sluice.model.openai.Spoken.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.CarriedThought;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers as chat completions and as their chunks. */
class ChatWriterTest {
  private static final AnswerEvent.Used USED =
      new AnswerEvent.Used(new TokenUsage(10, 4, 1, 20, 7));
  private static final String USAGE =
      "{'prompt_tokens':15,'completion_tokens':27,'total_tokens':42,'prompt_tokens_details':"
          + "{'cached_tokens':4,'cache_write_tokens':1},'completion_tokens_details':{'reasoning_tokens':7}}";

  private static String chunk(String delta, String reason, boolean usage) {
    return "data: {'id':'msg_1','object':'chat.completion.chunk','created':1700000000,'model':'m',"
        + "'choices':[{'index':0,'delta':{" + delta + "},'logprobs':null,'finish_reason':" + reason
        + "}]" + (usage ? ",'usage':null" : "") + "}\n\n";
  }

  private static String delta(String delta) {
    return chunk(delta, "null", false);
  }

  private static String quotes(String text) {
    return text.replace('\'', '"');
  }

  @Test
  void aStreamBeginsWithTheRoleAndEndsWithUsageAndDone() {
    String all = written(
        new ChatStreamWriter(TERMS, false),
        new AnswerEvent.Began("msg_1"),
        new AnswerEvent.Text(0, "so"),
        new AnswerEvent.Ended(0, Reason.LENGTH, ""),
        USED);
    assertThat(all)
        .isEqualTo(quotes(chunk("'role':'assistant','content':'','refusal':null", "null", true)
            + chunk("'content':'so'", "null", true)
            + chunk("", "'length'", true)
            + "data: {'id':'msg_1','object':'chat.completion.chunk','created':1700000000,'model':'m',"
            + "'choices':[],'usage':" + USAGE + "}\n\ndata: [DONE]\n\n"));
  }

  @Test
  void whoDidNotAskForUsageSeesNone() {
    assertThat(written(new ChatStreamWriter(NO_USAGE, false), new AnswerEvent.Text(0, "a"), USED))
        .doesNotContain("usage")
        .endsWith("data: [DONE]\n\n");
  }

  @Test
  void thoughtsRefusalsAndCallsHaveTheirFields() {
    Signature signature = new Signature(Signature.Maker.ANTHROPIC, "s");
    String id = CarriedThought.carry("c1", List.of(new CarriedThought("hmm", signature, true)));
    String all = written(
        new ChatStreamWriter(NO_USAGE, false),
        new AnswerEvent.Began("msg_1"),
        new AnswerEvent.Thought(0, "hm"),
        new AnswerEvent.Thought(0, "m"),
        new AnswerEvent.Signed(0, signature),
        new AnswerEvent.Declined(0, "no"),
        new AnswerEvent.ToolBegan(0, 0, "c1", "w"),
        new AnswerEvent.ToolArguments(0, 0, "{\"a\""),
        new AnswerEvent.ToolArguments(0, 0, ":1}"),
        new AnswerEvent.ToolBegan(0, 1, "c2", "t"),
        new AnswerEvent.Ended(0, Reason.TOOL_CALLS, ""));
    assertThat(all)
        .isEqualTo(quotes(delta("'role':'assistant','content':null,'refusal':null")
            + delta("'reasoning_content':'hm'")
            + delta("'reasoning_content':'m'")
            + delta("'refusal':'no'")
            + delta("'tool_calls':[{'index':0,'id':'" + id
                + "','type':'function','function':{'name':'w','arguments':''}}]")
            + delta("'tool_calls':[{'index':0,'function':{'arguments':'{\\'a\\''}}]")
            + delta("'tool_calls':[{'index':0,'function':{'arguments':':1}'}}]")
            + delta(
                "'tool_calls':[{'index':1,'id':'c2','type':'function','function':{'name':'t','arguments':''}}]")
            + delta("'tool_calls':[{'index':1,'function':{'arguments':'{}'}}]")
            + chunk("", "'tool_calls'", false)
            + "data: [DONE]\n\n"));
  }

  @Test
  void whoHasFunctionsIsAnsweredWithAFunctionCall() {
    AnswerEvent[] events = {
      new AnswerEvent.Began("msg_1"),
      new AnswerEvent.ToolBegan(0, 0, "c1", "w"),
      new AnswerEvent.ToolArguments(0, 0, "{}"),
      new AnswerEvent.Ended(0, Reason.TOOL_CALLS, "")
    };
    assertThat(written(new ChatStreamWriter(NO_USAGE, true), events))
        .isEqualTo(quotes(delta("'role':'assistant','content':null,'refusal':null")
            + delta("'function_call':{'name':'w','arguments':''}")
            + delta("'function_call':{'arguments':'{}'}")
            + chunk("", "'function_call'", false) + "data: [DONE]\n\n"));
    assertThat(written(new ChatDocumentWriter(TERMS, true), events))
        .contains(quotes("'function_call':{'name':'w','arguments':'{}'}},'logprobs':null,"
            + "'finish_reason':'function_call'"));
  }

  @Test
  void anErrorInAStreamIsToldAndNoDoneFollows() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ChatStreamWriter(TERMS, false)
        .write(
            new AnswerEvent.Failed(
                new ProviderError(529, ProviderError.Kind.OVERLOADED, "too \"busy\"")),
            out);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("data: {\"error\":{\"message\":\"too \\\"busy\\\"\",\"type\":\"server_error\","
            + "\"param\":null,\"code\":\"server_is_overloaded\"}}\n\n");
  }

  @Test
  void aDocumentHasAllChoices() throws Exception {
    String all = written(
        new ChatDocumentWriter(TERMS, false),
        new AnswerEvent.Began(""),
        new AnswerEvent.Thought(0, "hm"),
        new AnswerEvent.Text(0, "a"),
        new AnswerEvent.Text(1, "x"),
        new AnswerEvent.Text(0, "b"),
        new AnswerEvent.Ended(1, Reason.FILTERED, ""),
        new AnswerEvent.Ended(0, Reason.STOP, ""),
        USED);
    assertThat(all)
        .isEqualTo(quotes(
            "{'id':'chatcmpl-a1','object':'chat.completion','created':1700000000,'model':'m','choices':["
                + "{'index':0,'message':{'role':'assistant','content':'ab','refusal':null,'reasoning_content':'hm'},"
                + "'logprobs':null,'finish_reason':'stop'},"
                + "{'index':1,'message':{'role':'assistant','content':'x','refusal':null},"
                + "'logprobs':null,'finish_reason':'content_filter'}],'usage':" + USAGE + "}"));
  }

  @Test
  void aDocumentWithCallsHasNoContent() {
    String all = written(
        new ChatDocumentWriter(TERMS, false),
        new AnswerEvent.ToolBegan(0, 0, "c1", "w"),
        new AnswerEvent.Ended(0, Reason.TOOL_CALLS, ""));
    assertThat(all)
        .contains(quotes("'message':{'role':'assistant','content':null,'refusal':null,'tool_calls':"
            + "[{'id':'c1','type':'function','function':{'name':'w','arguments':'{}'}}]}"));
  }

  /** What one side writes, the other side reads as the same. */
  @Test
  void whatIsWrittenIsReadAsTheSame() {
    List<AnswerEvent> said = List.of(
        new AnswerEvent.Began("id"),
        new AnswerEvent.Thought(0, "hm"),
        new AnswerEvent.Text(0, "a\u2028\n"),
        new AnswerEvent.ToolBegan(0, 0, "c1", "w"),
        new AnswerEvent.ToolArguments(0, 0, "{}"),
        new AnswerEvent.Ended(0, Reason.TOOL_CALLS, ""),
        USED);
    AnswerEvent[] events = said.toArray(new AnswerEvent[0]);
    assertThat(Spoken.heard(
            new ChatStreamReader("x"), written(new ChatStreamWriter(TERMS, false), events)))
        .isEqualTo(said);
    assertThat(Spoken.heard(
            new ChatDocumentReader("x"), written(new ChatDocumentWriter(TERMS, false), events)))
        .isEqualTo(said);
  }
}
