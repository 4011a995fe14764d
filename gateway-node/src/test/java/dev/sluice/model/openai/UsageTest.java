package dev.sluice.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Usage in answers that pass by, in pieces of any size. */
class UsageTest {
  private static final String CHUNK =
      "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\\"usage\\\":null gr\u00fc\u00df\"}}],\"usage\":null}\n\n";
  private static final String CHUNK_WITHOUT =
      "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\\"usage\\\":null gr\u00fc\u00df\"}}]}\n\n";
  private static final String USAGE =
      "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":22,\"total_tokens\":33,"
          + "\"completion_tokens_details\":{\"reasoning_tokens\":5}}}\n\n";
  private static final String DONE = "data: [DONE]\n\n";

  /** Feeds the text in random pieces. */
  private static String pass(SseUsage stream, String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length; ) {
      int size = Math.min(bytes.length - at, 1 + random.nextInt(40));
      out.writeBytes(stream.pass(bytes, at, at + size));
      at += size;
    }
    out.writeBytes(stream.rest());
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aStreamWhoseCallerAskedForUsagePassesAsItIs() {
    String text = CHUNK + CHUNK + USAGE + DONE;
    for (int seed = 0; seed < 500; seed++) {
      SseUsage stream = new SseUsage(false);
      assertThat(pass(stream, text, new Random(seed))).as("seed %d", seed).isEqualTo(text);
      assertThat(stream.usage()).isEqualTo(new TokenUsage(11, 0, 0, 17, 5));
      assertThat(stream.whole()).isTrue();
    }
  }

  /** vLLM does, if it is asked to: what it told before it was cut is less than it has used. */
  @Test
  void usageOfAnAnswerThatGoesOnIsNotItsEnd() {
    String goesOn =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null}],"
            + "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":1}}\n\n";
    SseUsage stream = new SseUsage(false);
    pass(stream, goesOn + goesOn, new Random(1));
    assertThat(stream.usage()).isEqualTo(new TokenUsage(11, 0, 0, 1, 0));
    assertThat(stream.whole()).isFalse();
    pass(stream, goesOn.replace("null", "\"stop\""), new Random(1));
    assertThat(stream.whole()).isTrue();
  }

  @Test
  void aCallerWhoDidNotAskSeesNoUsage() {
    for (int seed = 0; seed < 500; seed++) {
      SseUsage stream = new SseUsage(true);
      String passed = pass(stream, CHUNK + CHUNK + USAGE + DONE, new Random(seed));
      assertThat(passed).as("seed %d", seed).isEqualTo(CHUNK_WITHOUT + CHUNK_WITHOUT + DONE);
      assertThat(stream.usage()).isEqualTo(new TokenUsage(11, 0, 0, 17, 5));
    }
  }

  @Test
  void usageInTheLastChunkWithContentIsTakenOutOfItAndTheContentStays() {
    SseUsage stream = new SseUsage(true);
    String chunk =
        "data: {\"choices\":[{\"delta\":{\"content\":\"end\"}}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2},\"x\":1}\r\n\r\n";
    assertThat(pass(stream, chunk, new Random(1)))
        .isEqualTo("data: {\"choices\":[{\"delta\":{\"content\":\"end\"}}],\"x\":1}\r\n\r\n");
    assertThat(stream.usage()).isEqualTo(TokenUsage.of(1, 2));
  }

  @Test
  void ofRunningTotalsTheLastCounts() {
    SseUsage stream = new SseUsage(false);
    pass(
        stream,
        USAGE.replace("22", "3").replace("33", "14") + USAGE.replace("22", "7").replace("33", "18"),
        new Random(1));
    assertThat(stream.usage()).isEqualTo(new TokenUsage(11, 0, 0, 2, 5));
  }

  @Test
  void zeroIsAUsageToo() {
    SseUsage stream = new SseUsage(false);
    pass(
        stream,
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}\n\n",
        new Random(1));
    assertThat(stream.usage()).isEqualTo(TokenUsage.NONE);
  }

  @Test
  void wholeEventsGoOnAtOnceAndASplitOneWaits() {
    SseUsage stream = new SseUsage(true);
    byte[] bytes = (DONE + "data: {\"a").getBytes(StandardCharsets.UTF_8);
    assertThat(stream.pass(bytes, 0, bytes.length))
        .isEqualTo(DONE.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anEventWithoutEndIsBounded() {
    SseUsage stream = new SseUsage(true);
    byte[] piece = "x".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
    long passed = 0;
    for (int i = 0; i < 64; i++) {
      passed += stream.pass(piece, 0, piece.length).length;
    }
    assertThat(64L * piece.length - passed).isLessThanOrEqualTo(1 << 20);
  }

  @Test
  void anyBytesPassWithoutAnExceptionAndTheSameForAnySplit() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 30; i++) {
        String[] parts = {
          "data:",
          "\"usage\"",
          ":",
          "null",
          "{",
          "}",
          "[",
          "]",
          "\n",
          "\n\n",
          "\r\n\r\n",
          "\"",
          "\\",
          " ",
          ",",
          "choices"
        };
        text.append(parts[random.nextInt(parts.length)]);
      }
      String one = pass(new SseUsage(true), text.toString(), new Random(1));
      String other = pass(new SseUsage(true), text.toString(), new Random(2));
      assertThat(one).as("seed %d: %s", seed, text).isEqualTo(other);
    }
  }

  @Test
  void aDocumentsUsageIsFoundInAnySplitAndItsTextIsNotTakenForIt() {
    String document =
        "{\"choices\":[{\"message\":{\"content\":\"{\\\"usage\\\":{\\\"prompt_tokens\\\":99}}\"},\"usage\":{\"prompt_tokens\":98}}],"
            + "\"usage\":{\"completion_tokens_details\":{\"prompt_tokens\":97},\"prompt_tokens\":11,\"completion_tokens\":22}}";
    byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
    for (int split = 0; split < bytes.length; split++) {
      JsonUsage usage = new JsonUsage();
      usage.pass(bytes, 0, split);
      usage.pass(bytes, split, bytes.length);
      assertThat(usage.usage()).as("split %d", split).isEqualTo(TokenUsage.of(11, 22));
    }
  }

  @Test
  void whatIsNoJsonHasNoUsage() {
    JsonUsage usage = new JsonUsage();
    byte[] bytes = "<html>\"usage\":{\"prompt_tokens\":1}".getBytes(StandardCharsets.UTF_8);
    usage.pass(bytes, 0, bytes.length);
    assertThat(usage.usage()).isNull();
  }

  @Test
  void tokensThatTheProviderHadInItsCacheAreToldApart() {
    String usage =
        "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":22,\"completion_tokens_details\":"
            + "{\"cached_tokens\":1},\"prompt_tokens_details\":{\"audio_tokens\":2,\"cached_tokens\":8}}";
    SseUsage stream = new SseUsage(false);
    pass(stream, "data: {\"choices\":[]," + usage + "}\n\n", new Random(1));
    JsonUsage document = new JsonUsage();
    byte[] bytes = ("{\"choices\":[]," + usage + "}").getBytes(StandardCharsets.UTF_8);
    document.pass(bytes, 0, bytes.length);
    assertThat(List.of(stream.usage(), document.usage()))
        .containsOnly(new TokenUsage(3, 8, 0, 22, 0));
  }
}
