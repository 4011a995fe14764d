package dev.sluice.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Whatever bytes come: no exception, and the same in any split. More rounds with {@code -Dfuzz=N}. */
class FuzzTest {
  private static final int ROUNDS = Integer.getInteger("fuzz", 2_000);
  private static final Terms TERMS = new Terms("n", 10, "max_tokens");
  private static final String[] WORDS = {
    "data:",
    "event:",
    "error",
    "[DONE]",
    "\n\n",
    "\r\n",
    "\r",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\"choices\"",
    "\"delta\"",
    "\"message\"",
    "\"content\"",
    "\"tool_calls\"",
    "\"function\"",
    "\"index\"",
    "\"usage\"",
    "\"response\"",
    "\"type\"",
    "\"finish_reason\"",
    "\"response.completed\"",
    "null",
    "1",
    "-1",
    "1e999",
    "99999999999999999999",
    "\"a\"",
    "\\u00",
    "ü",
    "\0"
  };

  /** A good text, with pieces cut out, doubled or replaced. */
  private static byte[] mangled(String good, Random random) {
    StringBuilder text = new StringBuilder(good);
    for (int i = 0; i < random.nextInt(6); i++) {
      int from = random.nextInt(text.length());
      int to = Math.min(text.length(), from + random.nextInt(20));
      switch (random.nextInt(3)) {
        case 0 -> text.delete(from, to);
        case 1 -> text.insert(from, text.substring(from, to));
        default -> text.insert(from, WORDS[random.nextInt(WORDS.length)]);
      }
      if (text.length() == 0) {
        text.append('x');
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(4) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private static String words(Random random) {
    StringBuilder text = new StringBuilder("data: ");
    for (int i = 0; i < 40; i++) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }

  private static void sameInAnySplit(Supplier<AnswerReader> readers, byte[] bytes, int seed) {
    List<AnswerEvent> whole = new ArrayList<>();
    AnswerReader reader = readers.get();
    reader.read(bytes, 0, bytes.length, whole::add);
    reader.end(whole::add);
    assertThat(Spoken.heard(readers.get(), bytes, new Random(seed)))
        .as("seed %d", seed)
        .isEqualTo(whole);
    assertThat(whole.stream().filter(AnswerEvent.Failed.class::isInstance).count())
        .isLessThanOrEqualTo(1);
  }

  @Test
  void answersOfProviders() {
    String document =
        "{\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\",\"tool_calls\":[{\"id\":\"c1\","
            + "\"function\":{\"name\":\"w\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1}}";
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      byte[] stream = random.nextInt(4) == 0
          ? words(random).getBytes(StandardCharsets.UTF_8)
          : mangled(random.nextBoolean() ? ChatAnswerTest.RECORDED : ChatAnswerTest.AZURES, random);
      sameInAnySplit(() -> new ChatStreamReader("x"), stream, seed);
      sameInAnySplit(() -> new ChatDocumentReader("x"), mangled(document, random), seed);
      assertThat(new ChatProvider().error(random.nextInt(200) + 400, stream)).isNotNull();
    }
  }

  @Test
  void answersThatPass() {
    String response =
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"output\":[],"
            + "\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}}\n\n";
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      byte[] bytes = mangled(random.nextBoolean() ? response : ChatAnswerTest.RECORDED, random);
      for (Supplier<AnswerTap> taps : List.<Supplier<AnswerTap>>of(
          () -> new LastEventUsage(Set.of("response.completed"), JsonUsage.IN_RESPONSE),
          () -> new SseUsage(true),
          JsonUsage::new)) {
        AnswerTap one = taps.get();
        AnswerTap other = taps.get();
        String passed = Spoken.passed(one, bytes, new Random(1));
        assertThat(passed)
            .as("seed %d", seed)
            .isEqualTo(Spoken.passed(other, bytes, new Random(2)));
        assertThat(one.usage()).as("seed %d", seed).isEqualTo(other.usage());
        assertThat(one.whole()).as("seed %d", seed).isEqualTo(other.whole());
      }
    }
  }

  @Test
  void requests() {
    String chat =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]},"
            + "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a.thought-W10\",\"function\":{\"name\":\"w\",\"arguments\":\"{}\"}}]},"
            + "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"r\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"w\"}}],"
            + "\"tool_choice\":\"auto\",\"stop\":[\"a\"],\"n\":1,\"max_tokens\":5,\"stream\":true,\"response_format\":{\"type\":\"text\"}}";
    String response =
        "{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"a\"}]},"
            + "{\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"a\"}],\"encrypted_content\":\"x\"},"
            + "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"w\",\"arguments\":\"{}\"}],\"text\":{\"format\":{\"type\":\"text\"}}}";
    String plain =
        "{\"model\":\"m\",\"input\":[\"a\",[1,2]],\"query\":\"q\",\"documents\":[\"a\",{\"text\":\"b\"}],\"prompt\":[\"a\",\"b\"],\"n\":2}";
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      read(new ChatCompletions(), mangled(chat, random));
      read(new Responses(), mangled(response, random));
      read(new Completions(), mangled(plain, random));
      for (PlainCall call : PlainCall.values()) {
        read(call, mangled(plain, random));
      }
    }
  }

  private static void read(CallerDialect dialect, byte[] bytes) {
    if (!(dialect.read("", "", bytes) instanceof QuestionRead.Good good)) {
      return;
    }
    Question question = good.question();
    assertThat(question.envelope().inputBound()).isPositive();
    assertThat(dialect.read("", "", question.bodyFor(TERMS)))
        .as("what is sent on can be read")
        .isInstanceOf(QuestionRead.Good.class);
    try {
      new ChatProvider().ask(question.conversation(), TERMS, new Losses(true));
    } catch (UnsayableException e) {
      assertThat(e.field()).isNotEmpty();
    }
  }
}
