package dev.sluice.model.openai;

import static dev.sluice.model.openai.Spoken.TERMS;
import static dev.sluice.model.openai.Spoken.json;
import static dev.sluice.model.openai.Spoken.written;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.SseEvents;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Answers as responses and as their events. */
class ResponsesWriterTest {
  private static final Responses DIALECT = new Responses();
  private static final Question QUESTION = Spoken.good(
      DIALECT.read(
          "",
          "",
          json(
              "{'model':'m','input':'q','instructions':'i','tools':[{'type':'function','name':'w'}],'temperature':0.5}")));
  private static final AnswerEvent.Used USED =
      new AnswerEvent.Used(new TokenUsage(10, 4, 1, 20, 7));

  /** All that an answer can have, with two calls whose arguments come by turns. */
  private static final AnswerEvent[] ALL = {
    new AnswerEvent.Began("x"),
    new AnswerEvent.Thought(0, "h"),
    new AnswerEvent.Thought(0, "m"),
    new AnswerEvent.Signed(0, new Signature(Signature.Maker.ANTHROPIC, "sig")),
    new AnswerEvent.Text(0, "a"),
    new AnswerEvent.Text(0, "b"),
    new AnswerEvent.Declined(0, "no"),
    new AnswerEvent.Signed(0, new Signature(Signature.Maker.GEMINI, "g")),
    new AnswerEvent.ToolBegan(0, 0, "c1", "w"),
    new AnswerEvent.ToolArguments(0, 0, "{"),
    new AnswerEvent.ToolBegan(0, 1, "c2", "t"),
    new AnswerEvent.ToolArguments(0, 0, "}"),
    new AnswerEvent.Ended(0, Reason.TOOL_CALLS, ""),
    USED
  };

  private static List<JsonNode> events(String stream) {
    List<JsonNode> events = new ArrayList<>();
    byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
    new SseEvents(1 << 20).read(bytes, 0, bytes.length, (name, data) -> {
      JsonNode event = Json.tree(data.getBytes(StandardCharsets.UTF_8));
      assertThat(event.path("type").asText()).isEqualTo(name);
      events.add(event);
    });
    return events;
  }

  @Test
  void eventsComeInTheirOrderAndAreCounted() {
    List<JsonNode> events = events(written(DIALECT.stream(QUESTION, TERMS), ALL));
    assertThat(events)
        .extracting(event -> event.path("type").asText().substring(9))
        .containsExactly(
            "created",
            "in_progress",
            "output_item.added",
            "reasoning_summary_part.added",
            "reasoning_summary_text.delta",
            "reasoning_summary_text.delta",
            "reasoning_summary_text.done",
            "reasoning_summary_part.done",
            "output_item.done",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "output_item.added",
            "content_part.added",
            "refusal.delta",
            "refusal.done",
            "content_part.done",
            "output_item.done",
            "output_item.added",
            "output_item.done",
            "output_item.added",
            "function_call_arguments.delta",
            "output_item.added",
            "function_call_arguments.delta",
            "function_call_arguments.done",
            "output_item.done",
            "function_call_arguments.delta",
            "function_call_arguments.done",
            "output_item.done",
            "completed");
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).path("sequence_number").asInt(-1)).isEqualTo(i);
    }
    assertThat(events.get(0).at("/response/output")).isEmpty();
    assertThat(events.get(0).at("/response/status").asText()).isEqualTo("in_progress");
    assertThat(events.get(0).at("/response/temperature").asDouble()).isEqualTo(0.5);
  }

  @Test
  void theLastEventAndADocumentHaveTheSameResponse() throws Exception {
    List<JsonNode> events = events(written(DIALECT.stream(QUESTION, TERMS), ALL));
    JsonNode last = events.get(events.size() - 1).path("response");
    JsonNode document = Json.MAPPER.readTree(written(DIALECT.document(QUESTION, TERMS), ALL));
    assertThat(document).isEqualTo(last);
    assertThat(document.path("output")).isEqualTo(Json.tree(json("""
            [{'id':'rs_a1-0','type':'reasoning','status':'completed','summary':[{'type':'summary_text','text':'hm'}],
              'encrypted_content':'sluice-anthropic-sig'},
             {'id':'msg_a1-1','type':'message','status':'completed','role':'assistant',
              'content':[{'type':'output_text','text':'ab','annotations':[],'logprobs':[]}]},
             {'id':'msg_a1-2','type':'message','status':'completed','role':'assistant',
              'content':[{'type':'refusal','refusal':'no'}]},
             {'id':'rs_a1-3','type':'reasoning','status':'completed','summary':[],'encrypted_content':'sluice-gemini-g'},
             {'id':'fc_a1-4','type':'function_call','status':'completed','call_id':'c1','name':'w','arguments':'{}'},
             {'id':'fc_a1-5','type':'function_call','status':'completed','call_id':'c2','name':'t','arguments':'{}'}]""")));
    assertThat(document.path("usage"))
        .isEqualTo(Json.tree(json(
            "{'input_tokens':15,'output_tokens':27,'total_tokens':42,'input_tokens_details':{'cached_tokens':4,"
                + "'cache_write_tokens':1},'output_tokens_details':{'reasoning_tokens':7}}")));
    assertThat(document.path("instructions").asText()).isEqualTo("i");
    assertThat(document.path("store").asBoolean(true)).isFalse();
  }

  @Test
  void anAnswerThatWasCutOffIsIncomplete() {
    List<JsonNode> events = events(written(
        DIALECT.stream(QUESTION, TERMS),
        new AnswerEvent.Text(0, "a"),
        new AnswerEvent.Ended(0, Reason.LENGTH, ""),
        USED));
    JsonNode last = events.get(events.size() - 1);
    assertThat(last.path("type").asText()).isEqualTo("response.incomplete");
    assertThat(last.at("/response/status").asText()).isEqualTo("incomplete");
    assertThat(last.at("/response/incomplete_details/reason").asText())
        .isEqualTo("max_output_tokens");
    assertThat(last.at("/response/output/0/status").asText()).isEqualTo("incomplete");
  }

  @Test
  void anErrorEndsAStreamWithAResponseThatFailed() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    var writer = DIALECT.stream(QUESTION, TERMS);
    writer.write(new AnswerEvent.Text(0, "a"), out);
    writer.write(
        new AnswerEvent.Failed(new ProviderError(429, ProviderError.Kind.RATE_LIMITED, "slow")),
        out);
    List<JsonNode> events = events(out.toString(StandardCharsets.UTF_8));
    JsonNode last = events.get(events.size() - 1);
    assertThat(last.path("type").asText()).isEqualTo("response.failed");
    assertThat(last.at("/response/error/code").asText()).isEqualTo("rate_limit_exceeded");
    assertThat(last.at("/response/output/0/content/0/text").asText()).isEqualTo("a");
  }

  @Test
  void usageIsFoundInTheLastEventInAnySplitAndNothingIsChanged() {
    String stream = written(DIALECT.stream(QUESTION, TERMS), ALL);
    for (String text :
        List.of(stream, stream.replaceAll("(?m)^event: .*\n", ""), stream.replace("\n", "\r\n"))) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      for (int seed = 0; seed < 100; seed++) {
        AnswerTap tap = DIALECT.tap(QUESTION, true);
        assertThat(Spoken.passed(tap, bytes, new Random(seed))).isEqualTo(text);
        assertThat(tap.usage()).as("seed %d", seed).isEqualTo(USED.usage());
        assertThat(tap.whole()).isTrue();
      }
    }
  }

  @Test
  void aStreamThatIsCutBeforeItsLastEventIsNotWhole() {
    String stream = written(DIALECT.stream(QUESTION, TERMS), ALL);
    byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
    int last = stream.indexOf("event: response.completed");
    for (int cut = 0; cut < last; cut += 7) {
      AnswerTap tap = DIALECT.tap(QUESTION, true);
      tap.pass(bytes, 0, cut);
      assertThat(tap.whole()).as("cut %d", cut).isFalse();
      assertThat(tap.usage()).isNull();
    }
  }

  @Test
  void usageOfADocumentIsFound() {
    AnswerTap tap = DIALECT.tap(QUESTION, false);
    byte[] bytes = written(DIALECT.document(QUESTION, TERMS), ALL).getBytes(StandardCharsets.UTF_8);
    Spoken.passed(tap, bytes, new Random(1));
    assertThat(tap.usage()).isEqualTo(USED.usage());
  }

  /** An event that holds the whole answer may be longer than anything that would be kept. */
  @Test
  void theLastEventMayBeOfAnyLength() {
    AnswerTap tap = DIALECT.tap(QUESTION, true);
    String text =
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"output\":["
            + "{\"text\":\"" + "x".repeat(5_000_000)
            + "\"}],\"usage\":{\"input_tokens\":1,\"output_tokens\":2,\"total_tokens\":3}}}\n\n";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.length; at += 16_384) {
      tap.pass(bytes, at, Math.min(bytes.length, at + 16_384));
    }
    assertThat(tap.usage()).isEqualTo(TokenUsage.of(1, 2));
  }
}
