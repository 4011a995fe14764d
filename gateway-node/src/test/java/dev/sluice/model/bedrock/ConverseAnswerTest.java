package dev.sluice.model.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.anthropic.Thoughts;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.Heard;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.ProviderError.Kind;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Signature.Maker;
import dev.sluice.model.chat.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConverseAnswerTest {
  static final byte[] STREAM = new Frames()
      .event("messageStart", "{'role':'assistant','p':'abc'}")
      .event(
          "contentBlockDelta", "{'contentBlockIndex':0,'delta':{'reasoningContent':{'text':'hm'}}}")
      .event(
          "contentBlockDelta", "{'contentBlockIndex':0,'delta':{'reasoningContent':{'text':'m'}}}")
      .event(
          "contentBlockDelta",
          "{'contentBlockIndex':0,'delta':{'reasoningContent':{'signature':'sig'}}}")
      .event("contentBlockStop", "{'contentBlockIndex':0}")
      .event(
          "contentBlockDelta",
          "{'contentBlockIndex':1,'delta':{'reasoningContent':{'redactedContent':'c2VjcmV0'}}}")
      .event("contentBlockStop", "{'contentBlockIndex':1}")
      .event("contentBlockDelta", "{'contentBlockIndex':2,'delta':{'text':'Grüß '},'p':'abcdefgh'}")
      .event("contentBlockDelta", "{'contentBlockIndex':2,'delta':{'text':'Gott 😀'}}")
      .event("contentBlockStop", "{'contentBlockIndex':2}")
      .event(
          "contentBlockStart",
          "{'contentBlockIndex':3,'start':{'toolUse':{'toolUseId':'tooluse_1','name':'weather'}}}")
      .event(
          "contentBlockDelta",
          "{'contentBlockIndex':3,'delta':{'toolUse':{'input':'{\\'city\\': '}}}")
      .event(
          "contentBlockDelta",
          "{'contentBlockIndex':3,'delta':{'toolUse':{'input':'\\'Bern\\'}'}}}")
      .event("contentBlockStop", "{'contentBlockIndex':3}")
      .event(
          "contentBlockStart",
          "{'contentBlockIndex':4,'start':{'toolUse':{'toolUseId':'tooluse_2','name':'now'}}}")
      .event("contentBlockDelta", "{'contentBlockIndex':4,'delta':{'toolUse':{'input':''}}}")
      .event("contentBlockStop", "{'contentBlockIndex':4}")
      .event("messageStop", "{'stopReason':'tool_use'}")
      .event(
          "metadata",
          "{'usage':{'inputTokens':25,'outputTokens':89,'totalTokens':118,'cacheReadInputTokens':4},'metrics':{'latencyMs':5}}")
      .bytes();

  private static final List<AnswerEvent> SAID = List.of(
      new AnswerEvent.Began(""),
      new AnswerEvent.Thought(0, "hmm"),
      new AnswerEvent.Signed(0, new Signature(Maker.ANTHROPIC, "sig")),
      new AnswerEvent.Signed(0, Thoughts.redacted("c2VjcmV0")),
      new AnswerEvent.Text(0, "Grüß Gott 😀"),
      new AnswerEvent.ToolBegan(0, 0, "tooluse_1", "weather"),
      new AnswerEvent.ToolArguments(0, 0, "{\"city\": \"Bern\"}"),
      new AnswerEvent.ToolBegan(0, 1, "tooluse_2", "now"),
      new AnswerEvent.ToolArguments(0, 1, "{}"),
      new AnswerEvent.Ended(0, Reason.TOOL_CALLS, ""),
      new AnswerEvent.Used(new TokenUsage(25, 4, 0, 89, 0)));

  private static Heard document(String json) {
    return Heard.whole(
        new ConverseDocumentReader(), json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsAStreamInAnySplit() {
    for (int at = 0; at <= STREAM.length; at++) {
      assertThat(Heard.split(new ConverseStreamReader(), STREAM, at))
          .as("split %d", at)
          .isEqualTo(new Heard(SAID, true));
    }
    for (int seed = 0; seed < 200; seed++) {
      assertThat(Heard.pieces(new ConverseStreamReader(), STREAM, new Random(seed)))
          .as("seed %d", seed)
          .isEqualTo(new Heard(SAID, true));
    }
  }

  @Test
  void aCutStreamIsNotWhole() {
    for (int to = 0; to < STREAM.length; to += 3) {
      assertThat(
              Heard.whole(new ConverseStreamReader(), Arrays.copyOf(STREAM, to)).whole())
          .as("cut at %d", to)
          .isFalse();
    }
  }

  @Test
  void readsADocument() {
    assertThat(
            document(
                "{'output':{'message':{'role':'assistant','content':["
                    + "{'reasoningContent':{'reasoningText':{'text':'hmm','signature':'sig'}}},{'reasoningContent':{'redactedContent':'c2VjcmV0'}},"
                    + "{'text':'Grüß Gott 😀'},{'toolUse':{'toolUseId':'tooluse_1','name':'weather','input':{'city':'Bern'}}},"
                    + "{'toolUse':{'toolUseId':'tooluse_2','name':'now','input':{}}}]}},'stopReason':'tool_use',"
                    + "'usage':{'inputTokens':25,'outputTokens':89,'totalTokens':118,'cacheReadInputTokens':4,'cacheWriteInputTokens':0}}"))
        .isEqualTo(new Heard(
            SAID.stream()
                .map(event ->
                    event.equals(new AnswerEvent.ToolArguments(0, 0, "{\"city\": \"Bern\"}"))
                        ? new AnswerEvent.ToolArguments(0, 0, "{\"city\":\"Bern\"}")
                        : event)
                .toList(),
            true));
  }

  @Test
  void readsCitedTextsAndTheStopThatWasMet() {
    assertThat(document(
                "{'output':{'message':{'content':[{'citationsContent':{'content':[{'text':'a'}],'citations':[]}}]}},"
                    + "'stopReason':'stop_sequence','additionalModelResponseFields':{'stop_sequence':'X'},'usage':{'inputTokens':1,'outputTokens':2}}")
            .events())
        .containsExactly(
            new AnswerEvent.Began(""),
            new AnswerEvent.Text(0, "a"),
            new AnswerEvent.Ended(0, Reason.STOP, "X"),
            new AnswerEvent.Used(TokenUsage.of(1, 2)));
  }

  @Test
  void theCallOfTheAnswerToolIsTheText() {
    assertThat(document(
                "{'output':{'message':{'content':[{'toolUse':{'toolUseId':'t','name':'sluice_answer','input':{'a':1}}}]}},"
                    + "'stopReason':'tool_use','usage':{'inputTokens':1,'outputTokens':2}}")
            .events())
        .contains(new AnswerEvent.Text(0, "{\"a\":1}"), new AnswerEvent.Ended(0, Reason.STOP, ""));
  }

  @ParameterizedTest
  @CsvSource({
    "end_turn, STOP",
    "stop_sequence, STOP",
    "max_tokens, LENGTH",
    "model_context_window_exceeded, LENGTH",
    "tool_use, TOOL_CALLS",
    "guardrail_intervened, FILTERED",
    "content_filtered, FILTERED",
    "something_new, STOP",
  })
  void readsWhyItEnds(String word, Reason reason) {
    assertThat(document("{'output':{'message':{'content':[]}},'stopReason':'" + word + "'}")
            .events())
        .contains(new AnswerEvent.Ended(0, reason, ""));
  }

  @Test
  void anOutputThatIsMalformedFails() {
    assertThat(document("{'output':{'message':{'content':[]}},'stopReason':'malformed_tool_use'}")
            .whole())
        .isFalse();
  }

  /** In the five counters that don't overlap: fresh, cache read, cache write, spoken, reasoning. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'inputTokens':10,'outputTokens':20,'totalTokens':30}|10 0 0 20 0",
        "{'inputTokens':0,'outputTokens':0,'totalTokens':0}|0 0 0 0 0",
        "{'inputTokens':3,'outputTokens':5,'totalTokens':1008,'cacheReadInputTokens':1000}|3 1000 0 5 0",
        "{'inputTokens':3,'outputTokens':5,'totalTokens':1008,'cacheWriteInputTokens':1000}|3 0 1000 5 0",
        "{'inputTokens':3,'outputTokens':5,'totalTokens':17,'cacheReadInputTokens':2,'cacheWriteInputTokens':7}|3 2 7 5 0",
        "{'inputTokens':3,'outputTokens':5,'totalTokens':17,'cacheReadInputTokens':null,'cacheDetails':[{'ttl':'5m','inputTokens':7}]}|3 0 0 5 0",
        "{'inputTokens':-3,'outputTokens':5}|0 0 0 5 0",
        "{'inputTokens':3}|3 0 0 0 0",
      })
  void readsUsage(String usage, String counters) {
    String[] each = counters.split(" ", -1);
    TokenUsage expected = new TokenUsage(
        Long.parseLong(each[0]),
        Long.parseLong(each[1]),
        Long.parseLong(each[2]),
        Long.parseLong(each[3]),
        Long.parseLong(each[4]));
    byte[] stream = new Frames()
        .event("messageStop", "{'stopReason':'end_turn'}")
        .event("metadata", "{'usage':" + usage + "}")
        .bytes();
    assertThat(Heard.whole(new ConverseStreamReader(), stream).events())
        .endsWith(new AnswerEvent.Used(expected));
    assertThat(document("{'output':{'message':{'content':[]}},'stopReason':'end_turn','usage':"
                + usage + "}")
            .events())
        .endsWith(new AnswerEvent.Used(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "internalServerException, 500, FAILED", "modelStreamErrorException, 424, FAILED",
        "validationException, 400, INVALID_REQUEST",
    "throttlingException, 429, RATE_LIMITED", "serviceUnavailableException, 503, OVERLOADED",
        "modelTimeoutException, 408, TIMEOUT",
  })
  void anExceptionInAStreamEndsIt(String type, int status, Kind kind) {
    byte[] stream = new Frames()
        .event("messageStart", "{'role':'assistant'}")
        .exception(type, "{'message':'no','originalStatusCode':424}")
        .event("messageStop", "{'stopReason':'end_turn'}")
        .bytes();
    assertThat(Heard.whole(new ConverseStreamReader(), stream))
        .isEqualTo(new Heard(
            List.of(
                new AnswerEvent.Began(""),
                new AnswerEvent.Failed(new ProviderError(status, kind, "no"))),
            false));
  }

  @Test
  void anErrorInAStreamEndsIt() {
    assertThat(Heard.whole(
                new ConverseStreamReader(),
                new Frames().error("InternalFailure", "broken").bytes())
            .events())
        .containsExactly(new AnswerEvent.Failed(new ProviderError(500, Kind.FAILED, "broken")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400|ValidationException:http://internal.amazon.com/coral/|{'message':'Input is too long for requested model.'}|CONTEXT_TOO_LONG",
        "400|ValidationException|{'message':'prompt is too long: 3 > 2'}|CONTEXT_TOO_LONG",
        "400|ValidationException|{'message':'Malformed input request'}|INVALID_REQUEST",
        "400||{'__type':'com.amazon.coral.service#ServiceQuotaExceededException','message':'quota'}|RATE_LIMITED",
        "403|AccessDeniedException|{'Message':'You don''t have access'}|CREDENTIAL",
        "403||{'message':'The security token included in the request is invalid.'}|CREDENTIAL",
        "400|ExpiredTokenException|{'message':'expired'}|CREDENTIAL",
        "404|ResourceNotFoundException|{'message':'no model'}|NOT_FOUND",
        "408|ModelTimeoutException|{'message':'late'}|TIMEOUT",
        "424|ModelErrorException|{'message':'broken'}|FAILED",
        "429|ThrottlingException|{'message':'Too many tokens'}|RATE_LIMITED",
        "429|ModelNotReadyException|{'message':'warming up'}|OVERLOADED",
        "500|InternalServerException|{'message':'oops'}|FAILED",
        "503|ServiceUnavailableException|{'message':'busy'}|OVERLOADED",
        "502||<html>|FAILED",
      })
  void readsErrors(int status, String type, String body, Kind kind) {
    ProviderError error = BedrockErrors.read(
        status, type == null ? "" : type, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    assertThat(error.kind()).isEqualTo(kind);
    assertThat(error.status()).isEqualTo(status);
    assertThat(error.message()).isNotEmpty();
  }

  @Test
  void anyBytesAreReadWithoutAnExceptionAndTheSameInAnySplit() {
    for (int round = 0; round < Integer.getInteger("fuzz", 2000); round++) {
      Random random = new Random(round);
      Frames frames = new Frames();
      String[] types = {
        "messageStart",
        "contentBlockStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
        "x"
      };
      String[] payloads = {
        "{}",
        "[]",
        "7",
        "",
        "{'delta':7}",
        "{'delta':{'toolUse':[]}}",
        "{'start':{'toolUse':{}}}",
        "{'usage':{}}",
        "{'usage':{'inputTokens':'x'}}"
      };
      for (int i = 0; i < random.nextInt(8); i++) {
        frames.event(
            types[random.nextInt(types.length)], payloads[random.nextInt(payloads.length)]);
      }
      byte[] bytes = frames.bytes();
      Heard one = Heard.whole(new ConverseStreamReader(), bytes);
      assertThat(Heard.pieces(new ConverseStreamReader(), bytes, random))
          .as("round %d", round)
          .isEqualTo(one);
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      Heard.whole(new ConverseDocumentReader(), noise);
      Heard.whole(
          new ConverseDocumentReader(),
          payloads[random.nextInt(payloads.length)]
              .replace('\'', '"')
              .getBytes(StandardCharsets.UTF_8));
      BedrockErrors.read(random.nextInt(600), "", noise);
    }
  }
}
