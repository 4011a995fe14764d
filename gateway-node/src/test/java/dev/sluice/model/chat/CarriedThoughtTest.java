package dev.sluice.model.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CarriedThoughtTest {
  private static final List<CarriedThought> THOUGHTS = List.of(
      new CarriedThought("grün, \"so\"", new Signature(Signature.Maker.ANTHROPIC, "Eq+/x=="), true),
      new CarriedThought("", new Signature(Signature.Maker.GEMINI, "g"), false),
      new CarriedThought("t", new Signature(Signature.Maker.OPENAI, "o"), false));

  @Test
  void whatWasCarriedComesOutAgain() {
    String id = CarriedThought.carry("toolu_1", THOUGHTS);
    assertThat(id).matches("toolu_1\\.thought-[A-Za-z0-9_-]+");
    assertThat(CarriedThought.bare(id)).isEqualTo("toolu_1");
    assertThat(CarriedThought.of(id)).isEqualTo(THOUGHTS);
  }

  @Test
  void withoutThoughtsAnIdStaysAsItIs() {
    assertThat(CarriedThought.carry("call_1", List.of())).isEqualTo("call_1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "call.1", "a.thought-", "a.thought-!!", "a.thought-e30", "a.thought-W1sxXV0"})
  void idsThatCarryNothingThatCanBeReadStayAsTheyAre(String id) {
    assertThat(CarriedThought.bare(id)).isEqualTo(id);
    assertThat(CarriedThought.of(id)).isEmpty();
  }
}
