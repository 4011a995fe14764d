package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.ModelPrice;
import dev.sluice.model.anthropic.MessagesProvider;
import dev.sluice.model.anthropic.Platform;
import dev.sluice.model.bedrock.ConverseProvider;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.gemini.GeminiProvider;
import dev.sluice.model.ollama.OllamaProvider;
import dev.sluice.model.openai.ChatProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** usage-golden.tsv: what a provider reports, read as it comes on the wire, is those five counters, and costs that much. */
class UsageGoldenTest {
  private static final int FEWEST_ROWS = 60;

  private static final Map<String, ProviderDialect> DIALECTS = Map.of(
      "openai", new ChatProvider(),
      "anthropic", new MessagesProvider(Platform.ANTHROPIC),
      "gemini", new GeminiProvider(),
      "ollama", new OllamaProvider(),
      "bedrock", new ConverseProvider());

  /** An answer around the usage. */
  private static final Map<String, String> ANSWERS = Map.of(
      "openai",
      "{'id':'x','choices':[{'index':0,'message':{'role':'assistant','content':'a'},'finish_reason':'stop'}],'usage':%s}",
      "anthropic",
      "{'id':'m','type':'message','content':[{'type':'text','text':'a'}],'stop_reason':'end_turn','usage':%s}",
      "gemini",
      "{'candidates':[{'content':{'parts':[{'text':'a'}]},'finishReason':'STOP'}],'usageMetadata':%s}",
      "ollama",
      "{'model':'m','message':{'role':'assistant','content':'a'},'done':true,'done_reason':'stop',%s",
      "bedrock",
      "{'output':{'message':{'role':'assistant','content':[{'text':'a'}]}},'stopReason':'end_turn','usage':%s,'metrics':{'latencyMs':1}}");

  static Stream<Arguments> rows() throws IOException {
    try (InputStream golden =
        Objects.requireNonNull(UsageGoldenTest.class.getResourceAsStream("usage-golden.tsv"))) {
      List<Arguments> rows = new ArrayList<>();
      for (String line : new String(golden.readAllBytes(), StandardCharsets.UTF_8).split("\n", 0)) {
        if (!line.startsWith("#")) {
          rows.add(Arguments.of((Object[]) line.split("\t", -1)));
        }
      }
      return rows.stream();
    }
  }

  private static long[] numbers(String text) {
    return Stream.of(text.split(" ", 0)).mapToLong(Long::parseLong).toArray();
  }

  private static List<TokenUsage> told(String dialect, String usage) {
    String inner = dialect.equals("ollama") ? usage.substring(1) : usage;
    String around = Objects.requireNonNull(ANSWERS.get(dialect));
    byte[] answer = around.formatted(inner).replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    AnswerReader reader = Objects.requireNonNull(DIALECTS.get(dialect)).document();
    List<TokenUsage> told = new ArrayList<>();
    List<AnswerEvent> events = new ArrayList<>();
    reader.read(answer, 0, answer.length, events::add);
    assertThat(reader.end(events::add)).as("whole").isTrue();
    for (AnswerEvent event : events) {
      if (event instanceof AnswerEvent.Used used) {
        told.add(used.usage());
      }
    }
    return told;
  }

  @ParameterizedTest(name = "{1}: {2}")
  @MethodSource("rows")
  void usageBecomesCountersAndMoney(
      String dialect, String who, String usage, String counters, String prices, String nanos) {
    List<TokenUsage> told = told(dialect, usage);
    if (counters.equals("none")) {
      assertThat(told).isEmpty();
      return;
    }
    long[] each = numbers(counters);
    TokenUsage expected = new TokenUsage(each[0], each[1], each[2], each[3], each[4]);
    assertThat(told).endsWith(expected);
    long[] picos = numbers(prices);
    ModelPrice price =
        new ModelPrice(List.of("m"), LocalDate.EPOCH, picos[0], picos[1], picos[2], picos[3]);
    assertThat(price.nanos(
            expected.freshInput(), expected.cacheRead(), expected.cacheWrite(), expected.output()))
        .isEqualTo(Long.parseLong(nanos));
  }

  @Test
  void hasRowsOfEveryDialect() throws IOException {
    List<String> dialects = rows().map(row -> (String) row.get()[0]).toList();
    assertThat(dialects).hasSizeGreaterThanOrEqualTo(FEWEST_ROWS).containsAll(DIALECTS.keySet());
  }
}
