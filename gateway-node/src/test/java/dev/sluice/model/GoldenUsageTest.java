package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.ModelPrice;
import dev.sluice.model.anthropic.Messages;
import dev.sluice.model.anthropic.MessagesProvider;
import dev.sluice.model.bedrock.ConverseProvider;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.gemini.GeminiProvider;
import dev.sluice.model.gemini.GenerateContent;
import dev.sluice.model.ollama.OllamaCall;
import dev.sluice.model.ollama.OllamaEmbed;
import dev.sluice.model.ollama.OllamaProvider;
import dev.sluice.model.openai.ChatCompletions;
import dev.sluice.model.openai.ChatProvider;
import dev.sluice.model.openai.PlainCall;
import dev.sluice.model.openai.Responses;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What providers report ({@code usage.tsv}), by what follows answers that pass and by what reads those that are translated. */
class GoldenUsageTest {
  private static final ModelPrice PRICE =
      new ModelPrice(List.of("*"), LocalDate.EPOCH, 2_500_000, 250_000, 3_125_000, 10_000_000);

  /** @param usage with ' for " */
  record Row(String dialect, String usage, TokenUsage counters, long nanos) {
    static Row of(String line) {
      String[] cells = line.split("\t", -1);
      long[] counts = new long[5];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = Long.parseLong(cells[i + 2]);
      }
      return new Row(
          cells[0],
          cells[1],
          new TokenUsage(counts[0], counts[1], counts[2], counts[3], counts[4]),
          Long.parseLong(cells[7]));
    }

    /** The answer that has it. */
    byte[] answer() {
      String fields = usage.substring(1, usage.length() - 1);
      String json = switch (dialect) {
        case "chat" ->
          "{'id':'x','choices':[{'index':0,'message':{'role':'assistant','content':'a'},'finish_reason':'stop'}],'usage':"
              + usage + "}";
        case "responses" ->
          "{'object':'response','status':'completed','output':[],'usage':" + usage + "}";
        case "embeddings" -> "{'object':'list','data':[],'usage':" + usage + "}";
        case "anthropic" ->
          "{'id':'m','type':'message','role':'assistant','content':[{'type':'text','text':'a'}],'stop_reason':'end_turn','usage':"
              + usage + "}";
        case "gemini" ->
          "{'candidates':[{'content':{'role':'model','parts':[{'text':'a'}]},'finishReason':'STOP'}],'usageMetadata':"
              + usage + "}";
        case "bedrock" ->
          "{'output':{'message':{'role':'assistant','content':[{'text':'a'}]}},'stopReason':'end_turn','usage':"
              + usage + "}";
        case "ollama" ->
          "{'model':'m','message':{'role':'assistant','content':'a'},'done':true,'done_reason':'stop',"
              + fields + "}";
        case "ollama-embed" -> "{'embeddings':[[1]]," + fields + "}";
        case "gemini-embed" -> "{'embedding':{'values':[1]},'usageMetadata':" + usage + "}";
        default -> throw new AssertionError(dialect);
      };
      return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    /** What follows it where it passes; null where it never does. */
    @Nullable
    AnswerTap tap() {
      String text = "'messages':[{'role':'user','content':'a'}]";
      return switch (dialect) {
        case "chat" ->
          tap(new ChatCompletions(), "/v1/chat/completions", "{'model':'m'," + text + "}");
        case "responses" -> tap(new Responses(), "/v1/responses", "{'model':'m','input':'a'}");
        case "embeddings" ->
          tap(PlainCall.EMBEDDINGS, "/v1/embeddings", "{'model':'m','input':'a'}");
        case "anthropic" ->
          tap(new Messages(), "/v1/messages", "{'model':'m','max_tokens':9," + text + "}");
        case "gemini" ->
          tap(
              new GenerateContent(),
              "/v1beta/models/m:generateContent",
              "{'contents':[{'parts':[{'text':'a'}]}]}");
        case "gemini-embed" ->
          tap(
              new GenerateContent(),
              "/v1beta/models/m:embedContent",
              "{'content':{'parts':[{'text':'a'}]}}");
        case "ollama" ->
          tap(OllamaCall.chat(() -> 0), "/api/chat", "{'model':'m','stream':false," + text + "}");
        case "ollama-embed" -> tap(OllamaEmbed.EMBED, "/api/embed", "{'model':'m','input':'a'}");
        default -> null;
      };
    }

    private static AnswerTap tap(CallerDialect dialect, String path, String json) {
      byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
      QuestionRead.Good read = (QuestionRead.Good) dialect.read(path, "application/json", body);
      return dialect.tap(read.question(), false);
    }

    /** What reads it where it is translated; null where that is no conversation. */
    @Nullable
    ProviderDialect provider() {
      return switch (dialect) {
        case "chat" -> new ChatProvider();
        case "anthropic" -> new MessagesProvider();
        case "gemini" -> new GeminiProvider();
        case "bedrock" -> new ConverseProvider();
        case "ollama" -> new OllamaProvider();
        default -> null;
      };
    }
  }

  static Stream<Row> rows() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(GoldenUsageTest.class.getResourceAsStream("usage.tsv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines().filter(line -> !line.startsWith("#")).map(Row::of).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void comesToTheCountersAndTheMoney(Row row) {
    List<TokenUsage> found = new ArrayList<>();
    byte[] answer = row.answer();
    AnswerTap tap = row.tap();
    if (tap != null) {
      tap.pass(answer, 0, answer.length / 2);
      tap.pass(answer, answer.length / 2, answer.length);
      tap.rest();
      found.add(tap.usage());
    }
    ProviderDialect provider = row.provider();
    if (provider != null) {
      AnswerReader reader = provider.document();
      List<TokenUsage> told = new ArrayList<>();
      reader.read(answer, 0, answer.length, event -> keep(event, told));
      reader.end(event -> keep(event, told));
      found.add(told.get(told.size() - 1));
    }
    assertThat(found).isNotEmpty().containsOnly(row.counters());
    TokenUsage usage = row.counters();
    assertThat(
            PRICE.nanos(usage.freshInput(), usage.cacheRead(), usage.cacheWrite(), usage.output()))
        .isEqualTo(row.nanos());
  }

  private static void keep(AnswerEvent event, List<TokenUsage> told) {
    if (event instanceof AnswerEvent.Used used) {
      told.add(used.usage());
    }
  }

  @Test
  void hasRowsOfEachDialect() throws IOException {
    assertThat(rows().count()).isGreaterThanOrEqualTo(60);
    assertThat(rows().map(Row::dialect).distinct()).hasSize(9);
  }
}
