package dev.sluice.model.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Pieces;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeminiWriterTest {
  private static final AnswerTerms TERMS = new AnswerTerms("sluice-1", "m", 1700000000, true);
  private static final Signature FOREIGN = new Signature(Signature.Maker.ANTHROPIC, "EqQB");
  private static final List<AnswerEvent> ANSWER = List.of(
      new AnswerEvent.Began("msg_1"),
      new AnswerEvent.Thought(0, "I "),
      new AnswerEvent.Thought(0, "think"),
      new AnswerEvent.Signed(0, FOREIGN),
      new AnswerEvent.ToolBegan(0, 0, "toolu_1", "f"),
      new AnswerEvent.ToolArguments(0, 0, "{\"x\""),
      new AnswerEvent.ToolArguments(0, 0, ":1}"),
      new AnswerEvent.ToolBegan(0, 1, "toolu_2", "g"),
      new AnswerEvent.Ended(0, AnswerEvent.Reason.TOOL_CALLS, ""),
      new AnswerEvent.Used(new TokenUsage(3, 4, 0, 5, 6)));

  private static Question question(boolean thoughts) {
    String json =
        "{\"contents\":[{\"parts\":[{\"text\":\"a\"}]}],\"generationConfig\":{\"thinkingConfig\":{\"includeThoughts\":"
            + thoughts + "}}}";
    QuestionRead read = new GenerateContent()
        .read(
            "/v1beta/models/m:streamGenerateContent?alt=sse",
            "",
            json.getBytes(StandardCharsets.UTF_8));
    return ((QuestionRead.Good) read).question();
  }

  private static String stream(boolean thoughts, List<AnswerEvent> events) {
    AnswerWriter writer = new GenerateContent().stream(question(thoughts), TERMS);
    assertThat(writer.contentType()).isEqualTo("text/event-stream");
    return Pieces.written(writer, events).replace('"', '\'');
  }

  @Test
  void writesEvents() {
    assertThat(stream(
            false,
            List.of(
                new AnswerEvent.Began(""),
                new AnswerEvent.Text(0, "a"),
                new AnswerEvent.Text(0, "b"),
                new AnswerEvent.Ended(0, AnswerEvent.Reason.LENGTH, ""),
                new AnswerEvent.Used(TokenUsage.of(1, 2)))))
        .isEqualTo(
            "data: {'candidates':[{'content':{'role':'model','parts':[{'text':'a'}]},'index':0}],'modelVersion':'m','responseId':'sluice-1'}\r\n\r\n"
                + "data: {'candidates':[{'content':{'role':'model','parts':[{'text':'b'}]},'index':0}],'modelVersion':'m','responseId':'sluice-1'}\r\n\r\n"
                + "data: {'candidates':[{'content':{'role':'model','parts':[]},'finishReason':'MAX_TOKENS','index':0}],'modelVersion':'m','responseId':'sluice-1',"
                + "'usageMetadata':{'promptTokenCount':1,'candidatesTokenCount':2,'totalTokenCount':3}}\r\n\r\n");
  }

  @Test
  void callsGoOnWholeWithTheSignatureOfTheirThought() {
    String mark = GeminiSignature.written(FOREIGN, "I think");
    assertThat(stream(false, ANSWER))
        .isEqualTo(
            "data: {'candidates':[{'content':{'role':'model','parts':["
                + "{'functionCall':{'id':'toolu_1','name':'f','args':{'x':1}},'thoughtSignature':'"
                + mark + "'},"
                + "{'functionCall':{'id':'toolu_2','name':'g','args':{}}}]},'finishReason':'STOP','index':0}],'modelVersion':'m','responseId':'msg_1',"
                + "'usageMetadata':{'promptTokenCount':7,'candidatesTokenCount':5,'totalTokenCount':18,'cachedContentTokenCount':4,'thoughtsTokenCount':6}}\r\n\r\n");
  }

  @Test
  void whoAskedForThoughtsSeesThem() {
    assertThat(stream(true, ANSWER))
        .startsWith(
            "data: {'candidates':[{'content':{'role':'model','parts':[{'text':'I ','thought':true}]},'index':0}]")
        .contains("[{'text':'think','thought':true}]");
  }

  /** The next turn brings the thought back as it was, whether its caller saw it or not. */
  @Test
  void aSignedThoughtSurvivesTheToolLoop() throws UnsayableException {
    for (boolean thoughts : new boolean[] {true, false}) {
      AnswerWriter writer = new GenerateContent().document(question(thoughts), TERMS);
      JsonNode answer = Json.tree(Pieces.written(writer, ANSWER).getBytes(StandardCharsets.UTF_8));
      assertThat(answer).isNotNull();
      String next = "{\"contents\":[" + answer.path("candidates").path(0).path("content") + "]}";
      QuestionRead read = new GenerateContent()
          .read("/v1beta/models/m:generateContent", "", next.getBytes(StandardCharsets.UTF_8));
      List<Part> parts =
          ((QuestionRead.Good) read).question().conversation().turns().get(0).parts();
      assertThat(parts.get(0)).isInstanceOfSatisfying(Part.Thought.class, thought -> {
        assertThat(thought.text()).isEqualTo("I think");
        assertThat(thought.signature()).isEqualTo(FOREIGN);
      });
      assertThat(parts.get(1)).isInstanceOf(Part.ToolUse.class);
      assertThat(parts).hasSize(3);
    }
  }

  @Test
  void withoutEventsAStreamIsOneList() {
    AnswerWriter writer = new GeminiStreamWriter(TERMS, false, false);
    String list = Pieces.written(
        writer,
        List.of(
            new AnswerEvent.Text(0, "a"),
            new AnswerEvent.Text(0, "b"),
            new AnswerEvent.Ended(0, AnswerEvent.Reason.STOP, "")));
    assertThat(writer.contentType()).startsWith("application/json");
    assertThat(Json.tree(list.getBytes(StandardCharsets.UTF_8))).hasSize(3);
    AnswerWriter failing = new GeminiStreamWriter(TERMS, false, false);
    String failed = Pieces.written(
        failing,
        List.of(
            new AnswerEvent.Text(0, "a"),
            new AnswerEvent.Failed(new ProviderError(503, ProviderError.Kind.OVERLOADED, "busy"))));
    JsonNode tree = Json.tree(failed.getBytes(StandardCharsets.UTF_8));
    assertThat(tree).hasSize(2);
    assertThat(tree.path(1).toString().replace('"', '\''))
        .isEqualTo("{'error':{'code':503,'message':'busy','status':'UNAVAILABLE'}}");
  }

  @Test
  void aFailureIsAnErrorEventAndNoEnd() {
    assertThat(stream(
            false,
            List.of(
                new AnswerEvent.Text(0, "a"),
                new AnswerEvent.Failed(new ProviderError(502, ProviderError.Kind.FAILED, "cut")))))
        .endsWith("data: {'error':{'code':502,'message':'cut','status':'INTERNAL'}}\r\n\r\n")
        .doesNotContain("finishReason");
  }

  @Test
  void aCallThatIsCutIsLeftOutAndOneThatIsWrongIsNamed() {
    List<AnswerEvent> call = List.of(
        new AnswerEvent.ToolBegan(0, 0, "i", "f"), new AnswerEvent.ToolArguments(0, 0, "{\"x\":"));
    for (AnswerEvent.Reason reason :
        List.of(AnswerEvent.Reason.LENGTH, AnswerEvent.Reason.TOOL_CALLS)) {
      String written = Pieces.written(
          new GeminiDocumentWriter(TERMS, false),
          List.of(call.get(0), call.get(1), new AnswerEvent.Ended(0, reason, "")));
      assertThat(written)
          .doesNotContain("functionCall\"")
          .contains(reason == AnswerEvent.Reason.LENGTH ? "MAX_TOKENS" : "MALFORMED_FUNCTION_CALL");
    }
  }

  @Test
  void severalAnswersStandBesideEachOther() {
    String written = Pieces.written(
        new GeminiDocumentWriter(TERMS, false),
        List.of(
            new AnswerEvent.Text(1, "b"),
            new AnswerEvent.Text(0, "a"),
            new AnswerEvent.Declined(0, "!"),
            new AnswerEvent.Ended(1, AnswerEvent.Reason.STOP, ""),
            new AnswerEvent.Ended(0, AnswerEvent.Reason.FILTERED, "")));
    assertThat(written.replace('"', '\''))
        .isEqualTo(
            "{'candidates':[{'content':{'role':'model','parts':[{'text':'a!'}]},'finishReason':'SAFETY','index':0},"
                + "{'content':{'role':'model','parts':[{'text':'b'}]},'finishReason':'STOP','index':1}],'modelVersion':'m','responseId':'sluice-1'}");
  }
}
