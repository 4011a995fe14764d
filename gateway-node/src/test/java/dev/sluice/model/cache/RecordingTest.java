package dev.sluice.model.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordingTest {
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final String JSON = "application/json";
  private static final String EVENTS = "text/event-stream; charset=utf-8";
  private static final String LINES = "application/x-ndjson";

  private final AtomicLong now = new AtomicLong();
  private final AnswerCache cache = new AnswerCache(10_000, 1000, now::get);

  private static AnswerKey key(int number) {
    return Objects.requireNonNull(
        AnswerKey.of(List.of(), Integer.toString(number).getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Recording recording(int key) {
    return new Recording(cache, key(key), TTL, 500);
  }

  private @Nullable KeptAnswer kept(int status, String type, String... pieces) {
    Recording recording = recording(1);
    recording.begin(status, new KeptAnswer.Head(type, "target", "", ""));
    for (String piece : pieces) {
      recording.take(bytes("_" + piece + "_"), 1, bytes(piece).length + 1);
    }
    recording.end(true, TokenUsage.of(3, 4));
    assertThat(cache.recordedBytes()).isZero();
    return cache.find(key(1));
  }

  @Test
  void keepsAWholeAnswerUntilItsTimeIsOver() {
    KeptAnswer kept = Objects.requireNonNull(kept(200, JSON, "{\"a\":", "1}"));
    assertThat(new String(kept.body(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":1}");
    assertThat(kept.saved()).isEqualTo(TokenUsage.of(3, 4));
    now.addAndGet(TTL.toNanos() - 1);
    assertThat(cache.find(key(1))).isSameAs(kept);
    now.addAndGet(1);
    assertThat(cache.find(key(1))).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "404 | application/json | {}",
        "200 | application/json | {\"a\":",
        "200 | application/json | {\"error\":{\"message\":\"no\"}}",
        "200 | application/json | ``",
        "200 | text/event-stream | data: {\"choices\":[~~",
        "200 | text/event-stream | data: {\"choices\":[]}~~data: {\"error\":{}}~~data: [DONE]~~",
        "200 | text/event-stream | event: error~data: {\"type\":\"error\"}~~",
        "200 | text/event-stream | data: {\"type\":\"response.failed\"}~~",
        "200 | text/event-stream | : nothing~~",
        "200 | application/x-ndjson | {\"done\":false}~{\"error\":\"no\"}~",
        "200 | application/x-ndjson | {\"done\":fal",
        "200 | audio/mpeg | ``",
      })
  void keepsNoErrorAndNothingBroken(int status, String type, String body) {
    assertThat(kept(status, type, body.replace('~', '\n'))).isNull();
  }

  @Test
  void keepsStreamsOfEventsAndOfLinesAndWhatIsNoJson() {
    assertThat(kept(200, EVENTS, "data: {\"choices\":[]}\n\n", "data: [DONE]\n\n"))
        .isNotNull();
    assertThat(kept(200, LINES, "{\"done\":false}\n{\"done\":true}\n")).isNotNull();
    assertThat(kept(200, JSON, "[{\"candidates\":[]}]")).isNotNull();
    assertThat(kept(200, JSON, "{\"error\":null}")).isNotNull();
    assertThat(kept(200, "audio/mpeg", "\u0000")).isNotNull();
  }

  @Test
  void givesUpAnAnswerThatIsTooLongAndItsRoomWithIt() {
    assertThat(kept(200, "text/plain", "x".repeat(500))).isNotNull();
    Recording longer = recording(2);
    longer.begin(200, new KeptAnswer.Head("text/plain", "target", "", ""));
    longer.take(new byte[400], 0, 400);
    assertThat(cache.recordedBytes()).isEqualTo(400);
    longer.take(new byte[101], 0, 101);
    assertThat(cache.recordedBytes()).isZero();
    longer.take(new byte[1], 0, 1);
    longer.end(false, TokenUsage.NONE);
    assertThat(cache.find(key(2))).isNull();
  }

  @Test
  void recordsNoMoreAtOnceThanItMay() {
    Recording first = recording(1);
    Recording second = recording(2);
    Recording third = recording(3);
    for (Recording one : List.of(first, second, third)) {
      one.begin(200, new KeptAnswer.Head("text/plain", "target", "", ""));
      one.take(new byte[450], 0, 450);
    }
    assertThat(cache.recordedBytes()).isEqualTo(900);
    third.end(false, TokenUsage.NONE);
    assertThat(cache.find(key(3))).isNull();
    first.giveUp();
    first.giveUp();
    second.end(false, TokenUsage.NONE);
    assertThat(cache.find(key(1))).isNull();
    assertThat(cache.find(key(2))).isNotNull();
    assertThat(cache.recordedBytes()).isZero();
  }

  @Test
  void keepsNoMoreBytesThanItMay() {
    for (int i = 0; i < 100; i++) {
      Recording one = recording(i);
      one.begin(200, new KeptAnswer.Head("text/plain", "target", "", ""));
      one.take(new byte[488], 0, 488);
      one.end(false, TokenUsage.NONE);
      assertThat(cache.bytes()).isLessThanOrEqualTo(10_000);
    }
    assertThat(cache.count()).isBetween(1L, 10L);
  }
}
