package dev.sluice.model.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.Heard;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.ProviderError.Kind;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Signature.Maker;
import dev.sluice.model.chat.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesWriterTest {
  private static final AnswerTerms TERMS = new AnswerTerms("1-2", "my-model", 0, true);

  private static String stream(AnswerEvent... events) {
    return Heard.write(new MessagesStreamWriter(TERMS), List.of(events));
  }

  private static JsonNode document(AnswerEvent... events) {
    String text = Heard.write(new MessagesDocumentWriter(TERMS), List.of(events));
    return Json.tree(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void writesTheEventsOfAMessageInTheirOrder() {
    assertThat(stream(
            new AnswerEvent.Began(""),
            new AnswerEvent.Used(TokenUsage.of(7, 0)),
            new AnswerEvent.Text(0, "a"),
            new AnswerEvent.Text(0, "b"),
            new AnswerEvent.ToolBegan(0, 0, "t1", "weather"),
            new AnswerEvent.ToolArguments(0, 0, "{\"a\":"),
            new AnswerEvent.ToolArguments(0, 0, "1}"),
            new AnswerEvent.Ended(0, Reason.TOOL_CALLS, ""),
            new AnswerEvent.Used(new TokenUsage(7, 2, 3, 4, 5))))
        .isEqualTo("""
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_1-2","type":"message","role":"assistant","model":"my-model","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":7,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: content_block_start
            data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t1","name":"weather","input":{}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\":"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"1}"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":7,"cache_creation_input_tokens":3,"cache_read_input_tokens":2,"output_tokens":9,"output_tokens_details":{"thinking_tokens":5}}}

            event: message_stop
            data: {"type":"message_stop"}

            """);
  }

  @Test
  void anAnswerThatSaysNothingIsAMessageToo() {
    assertThat(stream().lines().filter(line -> line.startsWith("event")))
        .containsExactly("event: message_start", "event: message_delta", "event: message_stop");
    assertThat(document().path("content")).isEmpty();
    assertThat(document().path("stop_reason").asText()).isEqualTo("end_turn");
  }

  @Test
  void anErrorIsAnEventAndNothingFollows() {
    AnswerEvent failed = new AnswerEvent.Failed(new ProviderError(503, Kind.OVERLOADED, "busy"));
    assertThat(stream(new AnswerEvent.Text(0, "a"), failed))
        .endsWith(
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n");
    assertThat(document(new AnswerEvent.Text(0, "a"), failed).path("type").asText())
        .isEqualTo("error");
  }

  @ParameterizedTest
  @CsvSource({
    "STOP, '', end_turn",
    "STOP, X, stop_sequence",
    "LENGTH, '', max_tokens",
    "TOOL_CALLS, '', tool_use",
    "FILTERED, '', refusal",
  })
  void saysWhyItEnds(Reason reason, String met, String word) {
    JsonNode message =
        document(new AnswerEvent.Text(0, "a"), new AnswerEvent.Ended(0, reason, met));
    assertThat(message.path("stop_reason").asText()).isEqualTo(word);
    assertThat(message.path("stop_sequence").asText("")).isEqualTo(met);
  }

  @Test
  void aModelThatDeclinesRefuses() {
    JsonNode message =
        document(new AnswerEvent.Declined(0, "no"), new AnswerEvent.Ended(0, Reason.STOP, ""));
    assertThat(message.path("stop_reason").asText()).isEqualTo("refusal");
    assertThat(message.path("content").path(0).path("text").asText()).isEqualTo("no");
  }

  @Test
  void foreignSignaturesTellTheirMaker() {
    JsonNode content = document(
            new AnswerEvent.Thought(0, "hm"),
            new AnswerEvent.Signed(0, new Signature(Maker.GEMINI, "abc")),
            new AnswerEvent.Signed(0, new Signature(Maker.GEMINI, "def")),
            new AnswerEvent.Text(0, "a"))
        .path("content");
    assertThat(content.path(0))
        .isEqualTo(
            Asking.object("{'type':'thinking','thinking':'hm','signature':'sluice-gemini-abc'}"));
    assertThat(content.path(1))
        .isEqualTo(
            Asking.object("{'type':'thinking','thinking':'','signature':'sluice-gemini-def'}"));
  }

  @Test
  void argumentsThatAreNoObjectAreKeptAsAText() {
    assertThat(document(
                new AnswerEvent.ToolBegan(0, 0, "t", "n"),
                new AnswerEvent.ToolArguments(0, 0, "{\"a"))
            .path("content")
            .path(0)
            .path("input"))
        .isEqualTo(Asking.object("{'arguments':'{\\'a'}"));
    assertThat(document(new AnswerEvent.ToolBegan(0, 0, "t", "n"))
            .path("content")
            .path(0)
            .path("input"))
        .isEmpty();
  }

  @Test
  void ofSeveralAnswersTheFirstIsTold() {
    assertThat(document(new AnswerEvent.Text(0, "a"), new AnswerEvent.Text(1, "b"))
            .path("content")
            .toString())
        .isEqualTo("[{\"type\":\"text\",\"text\":\"a\"}]");
  }

  @Test
  void whatWasReadIsWrittenAndReadAgain() {
    byte[] stream = Heard.write(new MessagesStreamWriter(TERMS), MessagesAnswerTest.SAID)
        .getBytes(StandardCharsets.UTF_8);
    assertThat(Heard.whole(new MessagesStreamReader(), stream))
        .isEqualTo(new Heard(MessagesAnswerTest.SAID, true));
  }

  /** Whatever is said, streams and documents say the same. */
  @Test
  void streamsAndDocumentsSayTheSame() {
    for (int seed = 0; seed < 500; seed++) {
      List<AnswerEvent> said = said(new Random(seed));
      byte[] stream =
          Heard.write(new MessagesStreamWriter(TERMS), said).getBytes(StandardCharsets.UTF_8);
      byte[] document =
          Heard.write(new MessagesDocumentWriter(TERMS), said).getBytes(StandardCharsets.UTF_8);
      List<AnswerEvent> streamed =
          Heard.whole(new MessagesStreamReader(), stream).events();
      assertThat(Heard.whole(new MessagesDocumentReader(), document).events())
          .as("seed %d", seed)
          .isEqualTo(streamed);
    }
  }

  private static List<AnswerEvent> said(Random random) {
    List<AnswerEvent> said = new ArrayList<>();
    said.add(new AnswerEvent.Began("msg_x"));
    int tools = 0;
    for (int i = 0; i < random.nextInt(12); i++) {
      switch (random.nextInt(5)) {
        case 0 -> said.add(new AnswerEvent.Text(0, "t" + i));
        case 1 -> said.add(new AnswerEvent.Thought(0, "h" + i));
        case 2 -> said.add(new AnswerEvent.Signed(0, new Signature(Maker.ANTHROPIC, "s" + i)));
        case 3 -> said.add(new AnswerEvent.Signed(0, Thoughts.redacted("r" + i)));
        default -> {
          said.add(new AnswerEvent.ToolBegan(0, tools, "id" + i, "n" + i));
          said.add(new AnswerEvent.ToolArguments(0, tools++, "{\"i\":" + i + "}"));
        }
      }
    }
    said.add(new AnswerEvent.Ended(0, tools > 0 ? Reason.TOOL_CALLS : Reason.STOP, ""));
    said.add(new AnswerEvent.Used(TokenUsage.of(random.nextInt(9), random.nextInt(9))));
    return said;
  }

  @Test
  void countsTokens() {
    String json = Heard.write(
        new CountTokens().document(null, TERMS),
        List.of(new AnswerEvent.Used(new TokenUsage(5, 1, 1, 0, 0))));
    assertThat(json).isEqualTo("{\"input_tokens\":7}");
  }
}
