package dev.sluice.model.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.Pieces;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.TokenUsage;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiAnswerTest {
  private static final String STREAM = sse(
      "{'candidates':[{'content':{'parts':[{'text':'I think','thought':true}],'role':'model'},'index':0}],"
          + "'usageMetadata':{'promptTokenCount':8,'totalTokenCount':20,'thoughtsTokenCount':12},'modelVersion':'m','responseId':'r-1_x'}",
      "{'candidates':[{'content':{'parts':[{'text':'gr\u00fc\u00df '},{'text':'\ud83d\ude00'}],'role':'model'},'index':0}],"
          + "'usageMetadata':{'promptTokenCount':8,'candidatesTokenCount':2,'totalTokenCount':22,'thoughtsTokenCount':12},'responseId':'r-1_x'}",
      "{'candidates':[{'content':{'parts':[{'functionCall':{'name':'f','args':{'a':{'b':[1,2.50]}}},'thoughtSignature':'c2ln'},"
          + "{'functionCall':{'name':'g','id':'own'}}],'role':'model'},'finishReason':'STOP','index':0}],"
          + "'usageMetadata':{'promptTokenCount':8,'candidatesTokenCount':9,'totalTokenCount':29,'thoughtsTokenCount':12},'responseId':'r-1_x'}");

  private static String sse(String... chunks) {
    StringBuilder stream = new StringBuilder();
    for (String chunk : chunks) {
      stream.append("data: ").append(chunk.replace('\'', '"')).append("\r\n\r\n");
    }
    return stream.toString();
  }

  private static Pieces.Read stream(String... chunks) {
    return Pieces.read(new GeminiStreamReader(), sse(chunks));
  }

  private static Pieces.Read document(String json) {
    return Pieces.read(new GeminiDocumentReader(), json.replace('\'', '"'));
  }

  @Test
  void readsAStream() {
    Pieces.Read read = Pieces.read(new GeminiStreamReader(), STREAM);
    assertThat(read.whole()).isTrue();
    assertThat(read.events())
        .containsExactly(
            new AnswerEvent.Began("r-1_x"),
            new AnswerEvent.Thought(0, "I think"),
            new AnswerEvent.Used(new TokenUsage(8, 0, 0, 0, 12)),
            new AnswerEvent.Text(0, "gr\u00fc\u00df "),
            new AnswerEvent.Text(0, "\ud83d\ude00"),
            new AnswerEvent.Used(new TokenUsage(8, 0, 0, 2, 12)),
            new AnswerEvent.Signed(0, new Signature(Signature.Maker.GEMINI, "c2ln")),
            new AnswerEvent.ToolBegan(0, 0, "call_r-1x_0_0", "f"),
            new AnswerEvent.ToolArguments(0, 0, "{\"a\":{\"b\":[1,2.5]}}"),
            new AnswerEvent.ToolBegan(0, 1, "own", "g"),
            new AnswerEvent.ToolArguments(0, 1, "{}"),
            new AnswerEvent.Ended(0, AnswerEvent.Reason.TOOL_CALLS, ""),
            new AnswerEvent.Used(new TokenUsage(8, 0, 0, 9, 12)));
  }

  @Test
  void anySplitMakesTheSameEvents() {
    Pieces.sameForAnySplit(GeminiStreamReader::new, STREAM);
    Pieces.sameForAnySplit(
        GeminiDocumentReader::new,
        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"gr\u00fc\u00df\"}]},\"finishReason\":\"STOP\"}],\"responseId\":\"r\"}");
  }

  @Test
  void anyBytesAreReadWithoutAnException() {
    Pieces.neverThrows(GeminiStreamReader::new, STREAM);
    Pieces.neverThrows(GeminiDocumentReader::new, STREAM.substring(6, STREAM.indexOf('\r')));
  }

  @Test
  void aCutStreamHasNotEnded() {
    String cut = STREAM.substring(0, STREAM.lastIndexOf("data:"));
    assertThat(Pieces.read(new GeminiStreamReader(), cut).whole()).isFalse();
    assertThat(Pieces.read(new GeminiStreamReader(), "").whole()).isFalse();
  }

  @Test
  void severalCandidatesEndEachForItself() {
    Pieces.Read one = stream(
        "{'responseId':'r','candidates':[{'index':1,'content':{'parts':[{'text':'b'}]},'finishReason':'MAX_TOKENS'},{'index':0,'content':{'parts':[{'text':'a'}]}}]}");
    assertThat(one.whole()).isFalse();
    Pieces.Read both = stream(
        "{'responseId':'r','candidates':[{'index':1,'content':{'parts':[{'text':'b'}]},'finishReason':'MAX_TOKENS'},{'index':0,'content':{'parts':[{'text':'a'}]}}]}",
        "{'responseId':'r','candidates':[{'index':0,'finishReason':'STOP'}]}");
    assertThat(both.whole()).isTrue();
    assertThat(both.events())
        .containsExactly(
            new AnswerEvent.Began("r"),
            new AnswerEvent.Text(1, "b"),
            new AnswerEvent.Ended(1, AnswerEvent.Reason.LENGTH, ""),
            new AnswerEvent.Text(0, "a"),
            new AnswerEvent.Ended(0, AnswerEvent.Reason.STOP, ""));
  }

  @Test
  void callsWithoutAnIdHaveIdsOfTheirOwnInEachAnswer() {
    String call =
        "{'candidates':[{'content':{'parts':[{'functionCall':{'name':'f'}}]},'finishReason':'STOP'}]}";
    assertThat(stream(call).events().get(1)).isNotEqualTo(stream(call).events().get(1));
  }

  @ParameterizedTest
  @CsvSource({
    "STOP, STOP",
    "MAX_TOKENS, LENGTH",
    "SAFETY, FILTERED",
    "RECITATION, FILTERED",
    "BLOCKLIST, FILTERED",
    "PROHIBITED_CONTENT, FILTERED",
    "SPII, FILTERED",
    "LANGUAGE, FILTERED",
    "IMAGE_SAFETY, FILTERED",
    "MODEL_ARMOR, FILTERED",
    "OTHER, FILTERED",
    "SOMETHING_NEW, FILTERED"
  })
  void everyReasonOfAnEndHasOneHere(String finish, AnswerEvent.Reason reason) {
    assertThat(document("{'responseId':'r','candidates':[{'finishReason':'" + finish + "'}]}")
            .events())
        .containsExactly(new AnswerEvent.Began("r"), new AnswerEvent.Ended(0, reason, ""));
  }

  @ParameterizedTest
  @CsvSource({
    "MALFORMED_FUNCTION_CALL",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
    "MALFORMED_RESPONSE"
  })
  void whatTheModelDidWrongIsAFailureThatIsChargedFor(String finish) {
    Pieces.Read read = stream(
        "{'responseId':'r','candidates':[{'finishReason':'" + finish
            + "','finishMessage':'no such function'}],'usageMetadata':{'promptTokenCount':3,'totalTokenCount':3}}");
    assertThat(read.whole()).isFalse();
    assertThat(read.events())
        .containsExactly(
            new AnswerEvent.Began("r"),
            new AnswerEvent.Used(TokenUsage.of(3, 0)),
            new AnswerEvent.Failed(new ProviderError(
                502,
                ProviderError.Kind.FAILED,
                "Gemini ended its answer with " + finish + ": no such function")));
  }

  @Test
  void aBlockedPromptIsAnAnswerThatWasFiltered() {
    String blocked =
        "{'responseId':'r','promptFeedback':{'blockReason':'SAFETY'},'usageMetadata':{'promptTokenCount':5,'totalTokenCount':5}}";
    List<AnswerEvent> expected = List.of(
        new AnswerEvent.Began("r"),
        new AnswerEvent.Ended(0, AnswerEvent.Reason.FILTERED, ""),
        new AnswerEvent.Used(TokenUsage.of(5, 0)));
    assertThat(stream(blocked)).isEqualTo(new Pieces.Read(expected, true));
    assertThat(document(blocked)).isEqualTo(new Pieces.Read(expected, true));
  }

  @Test
  void anErrorInTheMiddleOfAStreamIsAFailure() {
    for (String error : List.of(
        "{'error':{'code':503,'message':'overloaded','status':'UNAVAILABLE'}}",
        "[{'error':{'code':503,'message':'overloaded','status':'UNAVAILABLE'}}]")) {
      Pieces.Read read = stream(
          "{'responseId':'r','candidates':[{'content':{'parts':[{'text':'a'}]}}]}",
          error,
          "{'candidates':[{'finishReason':'STOP'}]}");
      assertThat(read.whole()).isFalse();
      assertThat(read.events())
          .containsExactly(
              new AnswerEvent.Began("r"),
              new AnswerEvent.Text(0, "a"),
              new AnswerEvent.Failed(
                  new ProviderError(503, ProviderError.Kind.OVERLOADED, "overloaded")));
    }
  }

  @Test
  void mediaAreAFailureAsTheyCanNotBeSaidElsewhere() {
    assertThat(document(
                "{'responseId':'r','candidates':[{'content':{'parts':[{'inlineData':{'mimeType':'image/png','data':'AA'}}]},'finishReason':'STOP'}]}")
            .events())
        .last()
        .isInstanceOf(AnswerEvent.Failed.class);
  }

  @Test
  void whatIsNoAnswerIsAFailure() {
    assertThat(document("<html>").events()).last().isInstanceOf(AnswerEvent.Failed.class);
    assertThat(document("{}").events()).last().isInstanceOf(AnswerEvent.Failed.class);
    assertThat(stream("x").events())
        .containsExactly(new AnswerEvent.Failed(new ProviderError(
            502,
            ProviderError.Kind.FAILED,
            "Gemini's answer can't be read: an event is no JSON object")));
  }

  /** What Gemini reports, and what it comes to: fresh input, cache read, cache written, said, thought. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'promptTokenCount':10,'candidatesTokenCount':5,'totalTokenCount':15                                                   | 10 0 0 5 0
      'promptTokenCount':10,'candidatesTokenCount':5,'totalTokenCount':35,'thoughtsTokenCount':20                           | 10 0 0 5 20
      'promptTokenCount':100,'cachedContentTokenCount':80,'candidatesTokenCount':5,'totalTokenCount':105                    | 20 80 0 5 0
      'promptTokenCount':100,'cachedContentTokenCount':80,'candidatesTokenCount':5,'thoughtsTokenCount':7,'totalTokenCount':112 | 20 80 0 5 7
      'promptTokenCount':10,'toolUsePromptTokenCount':40,'candidatesTokenCount':5,'totalTokenCount':55                      | 50 0 0 5 0
      'promptTokenCount':10,'toolUsePromptTokenCount':40,'cachedContentTokenCount':8,'candidatesTokenCount':5,'thoughtsTokenCount':1,'totalTokenCount':56 | 42 8 0 5 1
      'promptTokenCount':10,'totalTokenCount':10                                                                            | 10 0 0 0 0
      'promptTokenCount':10,'thoughtsTokenCount':90,'totalTokenCount':100                                                   | 10 0 0 0 90
      'promptTokenCount':10,'totalTokenCount':17                                                                            | 10 0 0 7 0
      'promptTokenCount':10,'candidatesTokenCount':5,'totalTokenCount':30                                                   | 10 0 0 5 15
      'promptTokenCount':0,'candidatesTokenCount':0,'totalTokenCount':0                                                     | 0 0 0 0 0
      'promptTokenCount':10,'cachedContentTokenCount':12,'candidatesTokenCount':1                                           | 0 10 0 1 0
      'promptTokenCount':10,'candidatesTokenCount':5                                                                        | 10 0 0 5 0
      'promptTokenCount':10,'candidatesTokenCount':5,'totalTokenCount':15,'promptTokensDetails':[{'modality':'TEXT','tokenCount':10}],'trafficType':'ON_DEMAND' | 10 0 0 5 0
      """)
  void usageIsExact(String reported, String counters) {
    String json =
        ("{\"responseId\":\"r\",\"candidates\":[{\"finishReason\":\"STOP\"}],\"usageMetadata\":{"
                + reported + "}}")
            .replace('\'', '"');
    String[] five = counters.split(" ", -1);
    TokenUsage expected = new TokenUsage(
        Long.parseLong(five[0]),
        Long.parseLong(five[1]),
        Long.parseLong(five[2]),
        Long.parseLong(five[3]),
        Long.parseLong(five[4]));
    assertThat(document(json).events()).last().isEqualTo(new AnswerEvent.Used(expected));
    GeminiTap events = new GeminiTap(true, true);
    Pieces.passed(events, "data: " + json + "\r\n\r\n", new Random(1));
    GeminiTap list = new GeminiTap(true, false);
    Pieces.passed(list, "[" + json + "]", new Random(2));
    GeminiTap whole = new GeminiTap(false, false);
    Pieces.passed(whole, json, new Random(3));
    assertThat(List.of(events.usage(), list.usage(), whole.usage())).containsOnly(expected);
    assertThat(events.whole() && list.whole()).isTrue();
  }

  @Test
  void aCallThatEndsForAReasonNobodyKnowsIsNotBlocked() {
    String call =
        "{'candidates':[{'content':{'parts':[{'functionCall':{'name':'f','args':{}}}]},'finishReason':'%s'}],'responseId':'r'}";
    assertThat(document(call.formatted("FUNCTION_CALL")).events())
        .contains(new AnswerEvent.Ended(0, AnswerEvent.Reason.TOOL_CALLS, ""));
    assertThat(document(call.formatted("SAFETY")).events())
        .contains(new AnswerEvent.Ended(0, AnswerEvent.Reason.FILTERED, ""));
  }
}
