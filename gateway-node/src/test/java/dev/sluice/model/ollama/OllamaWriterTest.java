package dev.sluice.model.ollama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Format;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Pieces;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Sampling;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.ToolChoice;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class OllamaWriterTest {
  private static final AnswerTerms TERMS = new AnswerTerms("sluice-1", "m", 1700000000, true);
  private static final List<AnswerEvent> ANSWER = List.of(
      new AnswerEvent.Began("x"),
      new AnswerEvent.Thought(0, "T"),
      new AnswerEvent.Text(0, "a"),
      new AnswerEvent.Text(0, "b"),
      new AnswerEvent.Ended(0, AnswerEvent.Reason.LENGTH, ""),
      new AnswerEvent.Used(new TokenUsage(3, 4, 0, 5, 6)));

  /** A clock that goes on by a nanosecond each time it is asked. */
  private static LongSupplier ticking() {
    return new AtomicLong()::getAndIncrement;
  }

  private static String written(OllamaShape shape, boolean stream, List<AnswerEvent> events) {
    return Pieces.written(new OllamaWriter(shape, TERMS, ticking(), stream), events)
        .replace('"', '\'');
  }

  @Test
  void writesLines() {
    assertThat(written(OllamaShape.CHAT, true, ANSWER))
        .isEqualTo(
            "{'model':'m','created_at':'2023-11-14T22:13:20.000000002Z','message':{'role':'assistant','content':'','thinking':'T'},'done':false}\n"
                + "{'model':'m','created_at':'2023-11-14T22:13:20.000000003Z','message':{'role':'assistant','content':'a'},'done':false}\n"
                + "{'model':'m','created_at':'2023-11-14T22:13:20.000000004Z','message':{'role':'assistant','content':'b'},'done':false}\n"
                + "{'model':'m','created_at':'2023-11-14T22:13:20.000000005Z','message':{'role':'assistant','content':''},'done':true,'done_reason':'length',"
                + "'total_duration':6,'load_duration':0,'prompt_eval_count':7,'prompt_eval_duration':1,'eval_count':11,'eval_duration':5}\n");
  }

  @Test
  void writesAWholeAnswer() {
    assertThat(written(OllamaShape.GENERATE, false, ANSWER))
        .isEqualTo(
            "{'model':'m','created_at':'2023-11-14T22:13:20.000000002Z','response':'ab','thinking':'T','done':true,'done_reason':'length',"
                + "'total_duration':3,'load_duration':0,'prompt_eval_count':7,'prompt_eval_duration':1,'eval_count':11,'eval_duration':2}");
  }

  @Test
  void aFailureIsALineAndNoEnd() {
    assertThat(written(
            OllamaShape.CHAT,
            true,
            List.of(
                new AnswerEvent.Failed(new ProviderError(502, ProviderError.Kind.FAILED, "cut")))))
        .isEqualTo("{'error':'cut'}\n");
  }

  @Test
  void aSignedThoughtComesBackInTheIdOfItsCall() throws UnsayableException {
    Signature mark = new Signature(Signature.Maker.ANTHROPIC, "sig");
    List<AnswerEvent> events = List.of(
        new AnswerEvent.Thought(0, "T"),
        new AnswerEvent.Signed(0, mark),
        new AnswerEvent.Text(0, "now"),
        new AnswerEvent.ToolBegan(0, 0, "toolu_1", "f"),
        new AnswerEvent.ToolArguments(0, 0, "{\"x\":1}"),
        new AnswerEvent.Ended(0, AnswerEvent.Reason.TOOL_CALLS, ""));
    String answer = written(OllamaShape.CHAT, false, events);
    assertThat(answer)
        .contains("'function':{'name':'f','arguments':{'x':1}}")
        .contains("'done_reason':'stop'");
    String message = answer.substring(answer.indexOf("{'role'"), answer.indexOf(",'done'"));
    String next = ("{'model':'m','messages':[" + message + "]}").replace('\'', '"');
    QuestionRead read =
        OllamaCall.chat(ticking()).read("/api/chat", "", next.getBytes(StandardCharsets.UTF_8));
    List<Part> parts =
        ((QuestionRead.Good) read).question().conversation().turns().get(0).parts();
    assertThat(parts.get(0)).isEqualTo(new Part.Thought("messages[0].tool_calls[0].id", "T", mark));
    assertThat(parts.get(1)).isInstanceOf(Part.Text.class);
    assertThat(((Part.ToolUse) parts.get(2)).id()).isEqualTo("toolu_1");
  }

  private static Conversation conversation(
      ToolChoice choice, boolean strict, List<Said<String>> beyond) {
    return new Conversation(
        List.of(new Part.Text("s", "be"), new Part.Text("s", "brief")),
        List.of(
            new Turn(
                Turn.Role.USER,
                List.of(
                    new Part.Image("i", new Part.Source.Bytes("image/png", "AAAA"), ""),
                    new Part.Text("t", "q"))),
            new Turn(
                Turn.Role.ASSISTANT,
                List.of(
                    new Part.Thought("h", "mine", null),
                    new Part.Thought("h", "other's", new Signature(Signature.Maker.GEMINI, "x")),
                    new Part.ToolUse(
                        "c", "i1", "f", Json.MAPPER.createObjectNode().put("x", 1)))),
            new Turn(
                Turn.Role.USER,
                List.of(
                    new Part.ToolResult("r", "i1", "f", List.of(new Part.Text("t", "2")), false),
                    new Part.Text("t", "go on")))),
        List.of(new Tool("tools[0]", "f", "d", Json.MAPPER.createObjectNode(), strict)),
        new Said<>(choice, "tool_choice"),
        null,
        new Sampling(
            new Said<>(0.5, "t"),
            null,
            new Said<>(4L, "k"),
            null,
            null,
            new Said<>(7L, "s"),
            new Said<>(List.of("x"), "stop")),
        new Said<>(new Format.AnyObject(), "f"),
        new Said<>(new Reasoning.Effort(Reasoning.Level.XHIGH), "r"),
        new Said<>(1L, "n"),
        true,
        new Said<>("u", "user"),
        beyond);
  }

  @Test
  void saysAConversation() throws UnsayableException {
    Outgoing outgoing = new OllamaProvider()
        .ask(
            conversation(new ToolChoice.Auto(), false, List.of()),
            new Terms("llama3", 99, ""),
            new Losses(false));
    assertThat(outgoing.path()).isEqualTo("/api/chat");
    assertThat(new String(outgoing.body(), StandardCharsets.UTF_8).replace('"', '\''))
        .isEqualTo(
            "{'model':'llama3','messages':[{'role':'system','content':'be\\nbrief'},{'role':'user','content':'q','images':['AAAA']},"
                + "{'role':'assistant','content':'','thinking':'mine','tool_calls':[{'id':'i1','function':{'name':'f','arguments':{'x':1}}}]},"
                + "{'role':'tool','tool_name':'f','tool_call_id':'i1','content':'2'},{'role':'user','content':'go on'}],"
                + "'tools':[{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object','properties':{}}}}],"
                + "'format':'json','think':'high','options':{'num_predict':99,'temperature':0.5,'top_k':4,'seed':7,'stop':['x']},'stream':true}");
  }

  @Test
  void whatCanNotBeSaidIsNamedOrLeftOut() throws UnsayableException {
    Conversation much =
        conversation(new ToolChoice.Any(), true, List.of(new Said<>("n_gram", "n_gram")));
    Losses losses = new Losses(true);
    new OllamaProvider().ask(much, new Terms("m", 1, ""), losses);
    assertThat(losses.dropped()).containsExactly("n_gram", "tool_choice", "tools[0].strict");
    UnsayableException thrown = catchThrowableOfType(
        UnsayableException.class,
        () -> new OllamaProvider().ask(much, new Terms("m", 1, ""), new Losses(false)));
    assertThat(thrown.field()).isEqualTo("n_gram");
  }
}
