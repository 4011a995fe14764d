package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpeningTest {
  private static Opening read(boolean lines, String text) {
    Opening opening = new Opening(lines);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      opening.read(bytes, i, i + 1);
    }
    return opening;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"tool_calls\":[{}]}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":\"stop\"}]}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"a\"}}\n\n",
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\n\n",
        "data: {\"type\":\"response.output_text.delta\",\"delta\":\"a\"}\n\n",
        "data: [DONE]\n\n"
      })
  void knowsWhatACallerCanUse(String stream) {
    assertThat(read(false, stream).usable()).isTrue();
    assertThat(read(false, stream.substring(0, stream.length() - 2)).usable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ": comment\n\n",
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}}]}\n\n",
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{}}\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n",
        "data: {\"type\":\"response.created\",\"response\":{}}\n\n"
      })
  void waitsBeyondWhatOnlySaysThatAnAnswerComes(String stream) {
    Opening opening = read(false, stream);
    assertThat(opening.usable()).isFalse();
    assertThat(opening.malformed()).isFalse();
    assertThat(opening.failure()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"data: {\"choices\":[{\n\n", "data: 7\n\n", "data: <html>\n\n"})
  void knowsWhatIsNoAnswer(String stream) {
    assertThat(read(false, stream).malformed()).isTrue();
  }

  @Test
  void hearsWhatWentWrong() {
    assertThat(read(
                false,
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n")
            .failure()
            .message())
        .isEqualTo("Overloaded");
    assertThat(read(false, "data: {\"error\":{\"message\":\"key sk-abc123def456 is bad\"}}\n\n")
            .failure()
            .message())
        .doesNotContain("abc123");
  }

  @Test
  void readsLinesToo() {
    assertThat(read(true, "{\"message\":{\"content\":\"a\"},\"done\":false}\n").usable())
        .isTrue();
    assertThat(read(true, "{\"error\":\"no such model\"}\n").failure().message())
        .isEqualTo("no such model");
    assertThat(read(true, "{\"message\"\n").malformed()).isTrue();
  }
}
