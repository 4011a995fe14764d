package dev.sluice.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SectionTest {
  private static final Config CONFIG = ConfigFactory.parseString("""
      sluice.part {
        word = text, digits = 12, on = on, off = no, text-flag = "true"
        least = 1, most = 10, below = 0, above = 11, huge = 100000000000000000000
        size = 64 KiB, small = 1023, large = 1025, plain-size = 1024
        time = 5 s, short = 999 ms, long = 5001 ms, plain-time = 1000
        nothing = null, list = [1, 2], object { a = 1 }
      }
      sluice.no-section = 5
      """);
  private static final Section PART = Section.of(CONFIG, "sluice.part");
  private static final Duration SECOND = Duration.ofSeconds(1);

  record Refusal(Consumer<Section> read, String message) {
    @Override
    public String toString() {
      return message;
    }
  }

  @Test
  void valuesAreReadUpToBothEndsOfTheirRange() {
    assertThat(PART.text("word")).isEqualTo("text");
    assertThat(PART.text("digits")).isEqualTo("12");
    assertThat(PART.flag("on")).isTrue();
    assertThat(PART.flag("text-flag")).isTrue();
    assertThat(PART.flag("off")).isFalse();
    assertThat(PART.count("least", 1, 10)).isEqualTo(1);
    assertThat(PART.count("most", 1, 10)).isEqualTo(10);
    assertThat(PART.bytes("size", 1024, 65_536)).isEqualTo(65_536);
    assertThat(PART.bytes("plain-size", 1024, 65_536)).isEqualTo(1024);
    assertThat(PART.duration("time", SECOND, Duration.ofSeconds(5)))
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(PART.duration("plain-time", SECOND, Duration.ofSeconds(5))).isEqualTo(SECOND);
  }

  static List<Refusal> refusals() {
    return List.of(
        new Refusal(part -> part.text("none"), "none: missing (expected: a text)"),
        new Refusal(part -> part.text("nothing"), "nothing: missing (expected: a text)"),
        new Refusal(part -> part.text("list"), "list: [1, 2] (expected: a text)"),
        new Refusal(part -> part.text("object"), "object: {a=1} (expected: a text)"),
        new Refusal(part -> part.flag("word"), "word: text (expected: on or off)"),
        new Refusal(part -> part.count("word", 1, 10), "word: text (expected: a whole number)"),
        new Refusal(part -> part.count("none", 1, 10), "none: missing (expected: a whole number)"),
        new Refusal(part -> part.count("below", 1, 10), "below: 0 (expected: 1 to 10)"),
        new Refusal(part -> part.count("above", 1, 10), "above: 11 (expected: 1 to 10)"),
        new Refusal(
            part -> part.count("huge", 1, 10), "huge: 100000000000000000000 (expected: 1 to 10)"),
        new Refusal(part -> part.port("below"), "below: 0 (expected: 1 to 65535)"),
        new Refusal(
            part -> part.bytes("word", 1, 2), "word: text (expected: a size such as 64 KiB)"),
        new Refusal(
            part -> part.bytes("small", 1024, 1024), "small: 1023 (expected: 1024 to 1024 bytes)"),
        new Refusal(
            part -> part.bytes("large", 1024, 1024), "large: 1025 (expected: 1024 to 1024 bytes)"),
        new Refusal(
            part -> part.duration("word", SECOND, SECOND),
            "word: text (expected: a time such as 5 s)"),
        new Refusal(
            part -> part.duration("short", SECOND, Duration.ofSeconds(5)),
            "short: 999 ms (expected: 1000 ms to 5000 ms)"),
        new Refusal(
            part -> part.duration("long", SECOND, Duration.ofSeconds(5)),
            "long: 5001 ms (expected: 1000 ms to 5000 ms)"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusalNamesKeyValueAndWhatWasExpected(Refusal refusal) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> refusal.read().accept(PART))
        .satisfies(thrown ->
            assertThat(thrown.getMessage()).startsWith("sluice.part." + refusal.message()));
  }

  @Test
  void aFractionIsNoWholeNumber() {
    Section part = Section.of(ConfigFactory.parseString("part.count = 3.7"), "part");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> part.count("count", 1, 10))
        .withMessage("part.count: 3.7 (expected: a whole number)");
  }

  @Test
  void whatIsNoSectionIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Section.of(CONFIG, "sluice.none"))
        .withMessage("sluice.none: missing (expected: a section of settings)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Section.of(CONFIG, "sluice.no-section"))
        .withMessage("sluice.no-section: 5 (expected: a section of settings)");
  }
}
