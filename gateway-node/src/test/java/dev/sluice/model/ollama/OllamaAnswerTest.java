package dev.sluice.model.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.Pieces;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OllamaAnswerTest {
  private static final String STREAM = lines(
      "{'model':'m','created_at':'2026-01-02T03:04:05.678901234Z','message':{'role':'assistant','content':'','thinking':'T'},'done':false}",
      "{'model':'m','created_at':'2026-01-02T03:04:06Z','message':{'role':'assistant','content':'gr\u00fc\u00df \ud83d\ude00'},'done':false}",
      "{'model':'m','created_at':'2026-01-02T03:04:06Z','message':{'role':'assistant','content':'','tool_calls':[{'function':{'name':'f','arguments':{'a':[1]}}},{'id':'own','function':{'name':'g','arguments':{}}}]},'done':false}",
      "{'model':'m','created_at':'2026-01-02T03:04:07Z','message':{'role':'assistant','content':''},'done':true,'done_reason':'stop','total_duration':9,'load_duration':1,'prompt_eval_count':26,'prompt_eval_duration':3,'eval_count':298,'eval_duration':4}");

  private static String lines(String... lines) {
    return String.join("\n", lines).replace('\'', '"') + "\n";
  }

  private static Pieces.Read stream(String... lines) {
    return Pieces.read(new OllamaAnswer(true), lines(lines));
  }

  @Test
  void readsAStream() {
    Pieces.Read read = Pieces.read(new OllamaAnswer(true), STREAM);
    assertThat(read.whole()).isTrue();
    assertThat(read.events())
        .containsExactly(
            new AnswerEvent.Began(""),
            new AnswerEvent.Thought(0, "T"),
            new AnswerEvent.Text(0, "gr\u00fc\u00df \ud83d\ude00"),
            new AnswerEvent.ToolBegan(0, 0, "call_260102030405678901234_0", "f"),
            new AnswerEvent.ToolArguments(0, 0, "{\"a\":[1]}"),
            new AnswerEvent.ToolBegan(0, 1, "own", "g"),
            new AnswerEvent.ToolArguments(0, 1, "{}"),
            new AnswerEvent.Ended(0, AnswerEvent.Reason.TOOL_CALLS, ""),
            new AnswerEvent.Used(TokenUsage.of(26, 298)));
  }

  @Test
  void anySplitMakesTheSameEvents() {
    Pieces.sameForAnySplit(() -> new OllamaAnswer(true), STREAM);
    Pieces.sameForAnySplit(
        () -> new OllamaAnswer(false),
        "{\n \"created_at\":\"2026-01-02T03:04:05.678901234Z\",\"message\":{\"content\":\"gr\u00fc\u00df\"},\n\"done\":true,\"done_reason\":\"length\"}\n");
  }

  @Test
  void anyBytesAreReadWithoutAnException() {
    Pieces.neverThrows(() -> new OllamaAnswer(true), STREAM);
    Pieces.neverThrows(() -> new OllamaAnswer(false), STREAM.substring(0, STREAM.indexOf('\n')));
  }

  @Test
  void aCutStreamHasNotEnded() {
    assertThat(Pieces.read(new OllamaAnswer(true), "").whole()).isFalse();
    assertThat(Pieces.read(new OllamaAnswer(true), STREAM.substring(0, STREAM.indexOf('\n') + 1))
            .whole())
        .isFalse();
    assertThat(Pieces.read(new OllamaAnswer(true), STREAM.stripTrailing()).whole())
        .isTrue();
  }

  @Test
  void anErrorLineIsAFailure() {
    Pieces.Read read = stream(
        "{'message':{'content':'a'},'done':false}",
        "{'error':'model runner has unexpectedly stopped'}",
        "{'done':true}");
    assertThat(read.whole()).isFalse();
    assertThat(read.events())
        .containsExactly(
            new AnswerEvent.Began(""),
            new AnswerEvent.Text(0, "a"),
            new AnswerEvent.Failed(new ProviderError(
                500, ProviderError.Kind.FAILED, "model runner has unexpectedly stopped")));
  }

  @Test
  void whatIsNoAnswerIsAFailure() {
    assertThat(Pieces.read(new OllamaAnswer(false), "<html>").events())
        .last()
        .isInstanceOf(AnswerEvent.Failed.class);
    assertThat(Pieces.read(new OllamaAnswer(false), "{}").events())
        .last()
        .isInstanceOf(AnswerEvent.Failed.class);
    assertThat(stream("[]").events()).last().isInstanceOf(AnswerEvent.Failed.class);
  }

  /** What the last line reports, and what it comes to; {@code none} where it is not known. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      'prompt_eval_count':26,'eval_count':298                        | 26 298
      'prompt_eval_count':26                                         | 26 0
      'prompt_eval_count':0,'eval_count':3                           | 0 3
      'prompt_eval_count':0,'eval_count':0                           | 0 0
      'eval_count':298                                               | none
      'total_duration':1                                             | none
      'prompt_eval_count':5000000000,'eval_count':1                  | 5000000000 1
      'prompt_eval_count':1,'eval_count':2,'prompt_eval_duration':99 | 1 2
      """)
  void usageIsExact(String reported, String counters) {
    String line = ("{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\","
            + reported + "}\n")
        .replace('\'', '"');
    OllamaTap tap = new OllamaTap(true);
    assertThat(Pieces.passed(tap, line, new Random(1))).isEqualTo(line);
    assertThat(tap.whole()).isTrue();
    Pieces.Read read = Pieces.read(new OllamaAnswer(false), line);
    if (counters.equals("none")) {
      assertThat(tap.usage()).isNull();
      assertThat(read.events()).noneMatch(AnswerEvent.Used.class::isInstance);
      return;
    }
    String[] two = counters.split(" ", -1);
    TokenUsage expected = TokenUsage.of(Long.parseLong(two[0]), Long.parseLong(two[1]));
    assertThat(tap.usage()).isEqualTo(expected);
    assertThat(read.events()).last().isEqualTo(new AnswerEvent.Used(expected));
  }

  @Test
  void aTapPassesAllAndIsWholeWhenTheLastLineIsDone() {
    for (int seed = 0; seed < 200; seed++) {
      OllamaTap tap = new OllamaTap(true);
      assertThat(Pieces.passed(tap, STREAM, new Random(seed))).isEqualTo(STREAM);
      assertThat(tap.whole()).isTrue();
      assertThat(tap.usage()).isEqualTo(TokenUsage.of(26, 298));
    }
    OllamaTap cut = new OllamaTap(true);
    Pieces.passed(cut, STREAM.substring(0, STREAM.length() - 60), new Random(1));
    assertThat(cut.whole()).isFalse();
    OllamaTap failed = new OllamaTap(true);
    Pieces.passed(failed, "{\"error\":\"x\"}\n" + STREAM, new Random(1));
    assertThat(failed.whole()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      400 | {'error':'invalid options'}                                                   | INVALID_REQUEST
      400 | {'error':'the prompt exceeds the available context size'}                     | CONTEXT_TOO_LONG
      404 | {'error':'model "x" not found, try pulling it first'}                         | NOT_FOUND
      500 | {'error':'llama runner process has terminated'}                               | FAILED
      503 | {'error':'server busy, please try again.  maximum pending requests exceeded'} | OVERLOADED
      502 | bad gateway                                                                   | FAILED
      401 |                                                                               | CREDENTIAL
      """)
  void errorsHaveTheirKind(int status, String body, ProviderError.Kind kind) {
    String text = body == null
        ? ""
        : body.replace("'error'", "\"error\"")
            .replace(":'", ":\"")
            .replace("'}", "\"}")
            .replace("\"x\"", "x");
    ProviderError error = new OllamaProvider().error(status, text.getBytes(StandardCharsets.UTF_8));
    assertThat(error.kind()).isEqualTo(kind);
    assertThat(error.status()).isEqualTo(status);
    assertThat(error.message()).isNotEmpty();
  }
}
