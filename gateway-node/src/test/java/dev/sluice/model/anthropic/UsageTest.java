package dev.sluice.model.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.Heard;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a provider's usage means, in the five counters that don't overlap: fresh, cache read, cache write, spoken, reasoning. */
class UsageTest {
  /** The usage of a message, by tap and by reader. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'input_tokens':10,'output_tokens':20}|10 0 0 20 0",
        "{'input_tokens':0,'output_tokens':0}|0 0 0 0 0",
        "{'input_tokens':3,'cache_read_input_tokens':1000,'cache_creation_input_tokens':0,'output_tokens':5}|3 1000 0 5 0",
        "{'input_tokens':3,'cache_read_input_tokens':0,'cache_creation_input_tokens':200,'output_tokens':5}|3 0 200 5 0",
        "{'input_tokens':3,'cache_read_input_tokens':7,'cache_creation_input_tokens':2,'output_tokens':5}|3 7 2 5 0",
        "{'input_tokens':3,'cache_read_input_tokens':null,'cache_creation_input_tokens':null,'output_tokens':5}|3 0 0 5 0",
        "{'input_tokens':3,'output_tokens':5,'cache_creation':{'ephemeral_5m_input_tokens':4,'ephemeral_1h_input_tokens':6}}|3 0 10 5 0",
        "{'input_tokens':3,'output_tokens':5,'cache_creation_input_tokens':9,'cache_creation':{'ephemeral_5m_input_tokens':4,'ephemeral_1h_input_tokens':5}}|3 0 9 5 0",
        "{'input_tokens':3,'output_tokens':50,'output_tokens_details':{'thinking_tokens':30}}|3 0 0 20 30",
        "{'input_tokens':3,'output_tokens':50,'output_tokens_details':{'thinking_tokens':50}}|3 0 0 0 50",
        "{'input_tokens':3,'output_tokens':50,'output_tokens_details':{'thinking_tokens':60}}|3 0 0 0 50",
        "{'input_tokens':3,'output_tokens':50,'output_tokens_details':null}|3 0 0 50 0",
        "{'input_tokens':3,'output_tokens':5,'server_tool_use':{'web_search_requests':9},'service_tier':'standard'}|3 0 0 5 0",
        "{'output_tokens':5,'input_tokens':3,'inference_geo':'us','speed':'fast'}|3 0 0 5 0",
        "{'input_tokens':-3,'output_tokens':-5}|0 0 0 0 0",
        "{'input_tokens':3}|3 0 0 0 0",
        "{'output_tokens':3}|0 0 0 3 0",
        "{}|0 0 0 0 0",
        "{'input_tokens':2095,'cache_creation_input_tokens':188086,'cache_read_input_tokens':0,'cache_creation':{'ephemeral_5m_input_tokens':188086,'ephemeral_1h_input_tokens':0},'output_tokens':393}|2095 0 188086 393 0",
      })
  void ofAWholeMessage(String usage, String counters) {
    String json =
        "{\"id\":\"msg_1\",\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"{\\\"usage\\\":{\\\"input_tokens\\\":99}}\"},"
            + "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"n\",\"input\":{\"usage\":{\"input_tokens\":98}}}],\"stop_reason\":\"end_turn\",\"usage\":"
            + usage.replace('\'', '"') + "}";
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    MessagesDocumentTap tap = new MessagesDocumentTap();
    assertThat(Heard.pass(tap, bytes, new Random(1))).isEqualTo(bytes);
    assertThat(tap.usage()).isEqualTo(counters(counters));
    assertThat(Heard.whole(new MessagesDocumentReader(), bytes).events())
        .endsWith(new AnswerEvent.Used(counters(counters)));
  }

  /** What the beginning and the end of a stream tell together: the last word counts, what it leaves out stays. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'input_tokens':10,'output_tokens':1}|{'output_tokens':20}|10 0 0 20 0",
        "{'input_tokens':10,'output_tokens':1}|{'input_tokens':12,'output_tokens':20}|12 0 0 20 0",
        "{'input_tokens':10,'cache_read_input_tokens':4,'output_tokens':1}|{'output_tokens':20}|10 4 0 20 0",
        "{'input_tokens':10,'cache_read_input_tokens':4,'output_tokens':1}|{'cache_read_input_tokens':5,'cache_creation_input_tokens':6,'output_tokens':20}|10 5 6 20 0",
        "{'input_tokens':0,'output_tokens':0}|{'input_tokens':0,'output_tokens':0}|0 0 0 0 0",
        "{'input_tokens':10,'output_tokens':1}|{'output_tokens':20,'output_tokens_details':{'thinking_tokens':15}}|10 0 0 5 15",
        "{'input_tokens':10,'output_tokens':1}|null|null",
        "null|{'input_tokens':10,'output_tokens':2}|10 0 0 2 0",
      })
  void ofAStream(String start, String delta, String counters) {
    String stream =
        ("event: message_start\ndata: {'type':'message_start','message':{'id':'msg_1','usage':"
                + start + "}}\n\n"
                + "event: content_block_delta\ndata: {'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'message_delta'}}\n\n"
                + "event: message_delta\ndata: {'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':"
                + delta + "}\n\n"
                + "event: message_stop\ndata: {'type':'message_stop'}\n\n")
            .replace('\'', '"');
    byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
    MessagesStreamTap tap = new MessagesStreamTap();
    assertThat(Heard.pass(tap, bytes, new Random(1))).isEqualTo(bytes);
    assertThat(tap.whole()).isTrue();
    assertThat(tap.usage()).isEqualTo(counters.equals("null") ? null : counters(counters));
    List<AnswerEvent> used = Heard.whole(new MessagesStreamReader(), bytes).events().stream()
        .filter(AnswerEvent.Used.class::isInstance)
        .toList();
    assertThat(used)
        .isEqualTo(
            counters.equals("null")
                ? List.of()
                : List.of(new AnswerEvent.Used(counters(counters))));
  }

  @ParameterizedTest
  @CsvSource({"10 0 0 20 0", "3 7 2 5 0", "3 0 9 20 30", "0 0 0 0 0"})
  void isReadAsItIsWritten(String counters) {
    TokenUsage usage = counters(counters);
    assertThat(Usage.after(
            null, Json.tree(Usage.json(usage).toString().getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(usage);
  }

  private static TokenUsage counters(String text) {
    String[] each = text.split(" ", -1);
    return new TokenUsage(
        Long.parseLong(each[0]),
        Long.parseLong(each[1]),
        Long.parseLong(each[2]),
        Long.parseLong(each[3]),
        Long.parseLong(each[4]));
  }
}
