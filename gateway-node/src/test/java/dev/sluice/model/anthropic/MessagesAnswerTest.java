package dev.sluice.model.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.Heard;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.ProviderError.Kind;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Signature.Maker;
import dev.sluice.model.chat.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesAnswerTest {
  static final String STREAM = """
      event: message_start
      data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"cache_read_input_tokens":4,"output_tokens":1}}}

      event: content_block_start
      data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

      event: ping
      data: {"type": "ping"}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"m \\u00fc"}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":0}

      event: content_block_start
      data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"secret"}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":1}

      event: content_block_start
      data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Grüß "}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":2,"delta":{"type":"citations_delta","citation":{"type":"char_location"}}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Gott 😀"}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":2}

      event: something_new
      data: {"type":"something_new","x":1}

      event: content_block_start
      data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_1","name":"weather","input":{}}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":""}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\\"city\\": \\"Be"}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"rn\\"}"}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":3}

      event: content_block_start
      data: {"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"toolu_2","name":"now","input":{}}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":4}

      event: message_delta
      data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":89}}

      event: message_stop
      data: {"type":"message_stop"}

      """;

  static final List<AnswerEvent> SAID = List.of(
      new AnswerEvent.Began("msg_1"),
      new AnswerEvent.Thought(0, "hmm ü"),
      new AnswerEvent.Signed(0, new Signature(Maker.ANTHROPIC, "sig")),
      new AnswerEvent.Signed(0, Thoughts.redacted("secret")),
      new AnswerEvent.Text(0, "Grüß Gott 😀"),
      new AnswerEvent.ToolBegan(0, 0, "toolu_1", "weather"),
      new AnswerEvent.ToolArguments(0, 0, "{\"city\": \"Bern\"}"),
      new AnswerEvent.ToolBegan(0, 1, "toolu_2", "now"),
      new AnswerEvent.ToolArguments(0, 1, "{}"),
      new AnswerEvent.Ended(0, Reason.TOOL_CALLS, ""),
      new AnswerEvent.Used(new TokenUsage(25, 4, 0, 89, 0)));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Heard stream(String text) {
    return Heard.whole(new MessagesStreamReader(), bytes(text));
  }

  private static Heard document(String json) {
    return Heard.whole(new MessagesDocumentReader(), bytes(json.replace('\'', '"')));
  }

  @Test
  void readsAStreamInAnySplit() {
    byte[] bytes = bytes(STREAM);
    for (int at = 0; at <= bytes.length; at++) {
      assertThat(Heard.split(new MessagesStreamReader(), bytes, at))
          .as("split %d", at)
          .isEqualTo(new Heard(SAID, true));
    }
    byte[] crlf = bytes(STREAM.replace("\n", "\r\n"));
    for (int seed = 0; seed < 200; seed++) {
      assertThat(Heard.pieces(new MessagesStreamReader(), crlf, new Random(seed)))
          .as("seed %d", seed)
          .isEqualTo(new Heard(SAID, true));
    }
  }

  @Test
  void aTapPassesAllAndFindsUsageAndEnd() {
    byte[] bytes = bytes(STREAM);
    for (int seed = 0; seed < 200; seed++) {
      MessagesStreamTap tap = new MessagesStreamTap();
      assertThat(Heard.pass(tap, bytes, new Random(seed))).isEqualTo(bytes);
      assertThat(tap.usage()).as("seed %d", seed).isEqualTo(new TokenUsage(25, 4, 0, 89, 0));
      assertThat(tap.whole()).isTrue();
    }
  }

  /** The end is the last event: wherever it is cut before, the answer has not come to its end. */
  @Test
  void aCutStreamIsNotWhole() {
    byte[] bytes = bytes(STREAM);
    for (int to = 0; to < bytes.length - 1; to += 7) {
      byte[] cut = java.util.Arrays.copyOf(bytes, to);
      assertThat(Heard.whole(new MessagesStreamReader(), cut).whole())
          .as("cut at %d", to)
          .isFalse();
      MessagesStreamTap tap = new MessagesStreamTap();
      Heard.pass(tap, cut, new Random(to));
      assertThat(tap.whole())
          .as("cut at %d", to)
          .isEqualTo(to > STREAM.getBytes(StandardCharsets.UTF_8).length - 2);
    }
  }

  /** What is told at the beginning is not what the answer came to: it would be charged too little. */
  @Test
  void aStreamThatIsCutHasNoUsage() {
    byte[] cut = bytes(STREAM.substring(0, STREAM.indexOf("event: message_delta")));
    MessagesStreamTap tap = new MessagesStreamTap();
    Heard.pass(tap, cut, new Random(1));
    assertThat(tap.usage()).isNull();
    assertThat(Heard.whole(new MessagesStreamReader(), cut).events())
        .noneMatch(AnswerEvent.Used.class::isInstance);
  }

  @Test
  void anErrorThatPassesIsTheEnd() {
    byte[] error = bytes(
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n");
    MessagesStreamTap tap = new MessagesStreamTap();
    Heard.pass(tap, error, new Random(1));
    assertThat(tap.whole()).isTrue();
    assertThat(tap.usage()).isNull();
  }

  @Test
  void aTextThatSpeaksOfTheEndIsNotTheEnd() {
    MessagesStreamTap tap = new MessagesStreamTap();
    byte[] bytes = bytes(
        "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"\\\"type\\\":\\\"message_stop\\\"\"},"
            + "\"x\":\"message_stop\"}\n\n");
    tap.pass(bytes, 0, bytes.length);
    assertThat(tap.whole()).isFalse();
  }

  @Test
  void readsADocument() {
    assertThat(
            document(
                "{'id':'msg_1','type':'message','content':[{'type':'thinking','thinking':'hmm ü','signature':'sig'},"
                    + "{'type':'redacted_thinking','data':'secret'},{'type':'text','text':'Grüß Gott 😀'},"
                    + "{'type':'tool_use','id':'toolu_1','name':'weather','input':{'city':'Bern'}},"
                    + "{'type':'server_tool_use','id':'x','name':'web_search','input':{'query':'q'}},"
                    + "{'type':'tool_use','id':'toolu_2','name':'now','input':{}}],"
                    + "'stop_reason':'tool_use','stop_sequence':null,'usage':{'input_tokens':25,'cache_read_input_tokens':4,'output_tokens':89}}"))
        .isEqualTo(new Heard(
            List.of(
                SAID.get(0),
                SAID.get(1),
                SAID.get(2),
                SAID.get(3),
                SAID.get(4),
                SAID.get(5),
                new AnswerEvent.ToolArguments(0, 0, "{\"city\":\"Bern\"}"),
                SAID.get(7),
                SAID.get(8),
                SAID.get(9),
                SAID.get(10)),
            true));
  }

  @ParameterizedTest
  @CsvSource({
    "end_turn, STOP",
    "stop_sequence, STOP",
    "pause_turn, STOP",
    "max_tokens, LENGTH",
    "model_context_window_exceeded, LENGTH",
    "tool_use, TOOL_CALLS",
    "refusal, FILTERED",
    "something_new, STOP",
  })
  void readsWhyItEnds(String word, Reason reason) {
    assertThat(document("{'id':'m','type':'message','content':[],'stop_reason':'" + word
                + "','stop_sequence':'X'}")
            .events())
        .contains(new AnswerEvent.Ended(0, reason, "X"));
  }

  @Test
  void theCallOfTheAnswerToolIsTheText() {
    assertThat(document(
                "{'id':'m','type':'message','content':[{'type':'tool_use','id':'t','name':'sluice_answer','input':{'a':1}}],"
                    + "'stop_reason':'tool_use','usage':{'input_tokens':1,'output_tokens':2}}")
            .events())
        .containsExactly(
            new AnswerEvent.Began("m"),
            new AnswerEvent.Text(0, "{\"a\":1}"),
            new AnswerEvent.Ended(0, Reason.STOP, ""),
            new AnswerEvent.Used(TokenUsage.of(1, 2)));
  }

  @Test
  void anErrorInAStreamEndsIt() {
    String error =
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    Heard heard = stream(STREAM.substring(0, STREAM.indexOf("event: ping")) + error + STREAM);
    assertThat(heard.whole()).isFalse();
    assertThat(heard.events())
        .hasSize(2)
        .endsWith(new AnswerEvent.Failed(new ProviderError(529, Kind.OVERLOADED, "Overloaded")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {"{x", "[]", "7", "[DONE]"})
  void whatCanNotBeReadFails(String data) {
    assertThat(stream("data: " + data + "\n\n").events())
        .hasSize(1)
        .first()
        .isInstanceOf(AnswerEvent.Failed.class);
    assertThat(document("<html>").events())
        .hasSize(1)
        .first()
        .isInstanceOf(AnswerEvent.Failed.class);
    assertThat(document("{'type':'completion'}").events())
        .hasSize(1)
        .first()
        .isInstanceOf(AnswerEvent.Failed.class);
    assertThat(document("{'type':'message','content':[]").whole()).isFalse();
  }

  /** More rounds with {@code -Dfuzz=N}. */
  @Test
  void anyBytesAreReadWithoutAnExceptionAndTheSameInAnySplit() {
    byte[] seed = bytes(STREAM);
    for (int round = 0; round < Integer.getInteger("fuzz", 2000); round++) {
      Random random = new Random(round);
      byte[] bytes = seed.clone();
      for (int i = 0; i < 1 + random.nextInt(20); i++) {
        bytes[random.nextInt(bytes.length)] = (byte)
            (random.nextBoolean()
                ? random.nextInt(256)
                : "{}[]\",:\n\r\\0".charAt(random.nextInt(11)));
      }
      byte[] cut = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
      Heard one = Heard.whole(new MessagesStreamReader(), cut);
      assertThat(Heard.pieces(new MessagesStreamReader(), cut, random))
          .as("round %d", round)
          .isEqualTo(one);
      Heard.whole(new MessagesDocumentReader(), cut);
      MessagesStreamTap tap = new MessagesStreamTap();
      assertThat(Heard.pass(tap, cut, random)).isEqualTo(cut);
      Heard.pass(new MessagesDocumentTap(), cut, random);
      new MessagesProvider(Platform.ANTHROPIC).error(random.nextInt(600), cut);
      new Messages().read("/v1/messages", "", cut);
    }
  }
}
