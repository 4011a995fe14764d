package dev.sluice.model.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.anthropic.Messages;
import dev.sluice.model.anthropic.MessagesProvider;
import dev.sluice.model.anthropic.Platform;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.Heard;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.ProviderError.Kind;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Claude, as Bedrock invokes it. */
class InvokeTest {
  private static final String SSE = """
      event: message_start
      data: {"type":"message_start","message":{"id":"msg_bdrk_1","type":"message","usage":{"input_tokens":25,"output_tokens":1}}}

      event: content_block_start
      data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Grüß Gott"}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":0}

      event: message_delta
      data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}}

      event: message_stop
      data: {"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":25}}

      """;

  private static Question question() {
    String json =
        "{\"model\":\"m\",\"max_tokens\":9,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";
    return ((QuestionRead.Good)
            new Messages().read("/v1/messages", "", json.getBytes(StandardCharsets.UTF_8)))
        .question();
  }

  @Test
  void framesSayWhatTheEventsInThemSay() {
    Heard own = Heard.whole(
        new MessagesProvider(Platform.ANTHROPIC).stream(), SSE.getBytes(StandardCharsets.UTF_8));
    byte[] frames = new Frames().chunks(SSE).bytes();
    assertThat(own.whole()).isTrue();
    for (int at = 0; at <= frames.length; at++) {
      assertThat(Heard.split(new InvokeProvider().stream(), frames, at))
          .as("split %d", at)
          .isEqualTo(own);
    }
  }

  /** What reaches the caller of frames that come in pieces. */
  private static String passed(AnswerTap tap, byte[] frames, Random random) {
    FramesAsEvents events = new FramesAsEvents();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int from = 0; from < frames.length; ) {
      int to = Math.min(frames.length, from + 1 + random.nextInt(40));
      byte[] unwrapped = events.pass(frames, from, to);
      out.writeBytes(tap.pass(unwrapped, 0, unwrapped.length));
      from = to;
    }
    out.writeBytes(tap.rest());
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aCallerOfAnthropicsDialectGetsServerSentEvents() {
    byte[] frames = new Frames().chunks(SSE).bytes();
    for (int seed = 0; seed < 200; seed++) {
      AnswerTap tap = new Messages().tap(question(), true);
      assertThat(passed(tap, frames, new Random(seed))).isEqualTo(SSE);
      assertThat(tap.usage()).isEqualTo(TokenUsage.of(25, 9));
      assertThat(tap.whole()).isTrue();
    }
  }

  @Test
  void noiseAmongFramesIsAnErrorEventAtMostAndNeverThrown() {
    byte[] good = new Frames().chunks(SSE).bytes();
    for (int seed = 0; seed < Integer.getInteger("fuzz", 2000); seed++) {
      Random random = new Random(seed);
      byte[] frames = good.clone();
      for (int i = 0; i < 3; i++) {
        frames[random.nextInt(frames.length)] = (byte) random.nextInt(256);
      }
      AnswerTap tap = new Messages().tap(question(), true);
      String passed = passed(tap, frames, random);
      assertThat(passed.split("event: error", -1)).as("seed %d", seed).hasSizeLessThan(3);
    }
  }

  @Test
  void anExceptionIsAnErrorEvent() {
    byte[] frames = new Frames()
        .chunks(SSE.substring(0, SSE.indexOf("event: message_delta")))
        .exception("throttlingException", "{'message':'slow down'}")
        .bytes();
    AnswerTap tap = new Messages().tap(question(), true);
    assertThat(passed(tap, frames, new Random(1)))
        .endsWith(
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow down\"}}\n\n");
    assertThat(tap.whole()).isTrue();
    assertThat(tap.usage()).isNull();
    assertThat(Heard.whole(new InvokeProvider().stream(), frames).events())
        .endsWith(new AnswerEvent.Failed(new ProviderError(429, Kind.RATE_LIMITED, "slow down")));
  }

  @Test
  void framesThatCanNotBeReadAreAnErrorEvent() {
    byte[] frames = new Frames().chunks(SSE).bytes();
    frames[frames.length - 1] ^= 1;
    AnswerTap tap = new Messages().tap(question(), true);
    assertThat(passed(tap, frames, new Random(1)))
        .contains("event: error")
        .doesNotContain("message_stop\"");
    assertThat(tap.whole()).isTrue();
  }

  @Test
  void asksWithItsOwnBodies() throws Exception {
    Outgoing own = new InvokeProvider()
        .pass(
            question(),
            new Terms("eu.anthropic.claude-x-v1:0", 5, "", Map.of("anthropic-beta", "b-1")));
    assertThat(own.path())
        .isEqualTo("/model/eu.anthropic.claude-x-v1%3A0/invoke-with-response-stream");
    assertThat(new String(own.body(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"anthropic_version\":\"bedrock-2023-05-31\",\"anthropic_beta\":[\"b-1\"],\"max_tokens\":5,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}");
  }
}
