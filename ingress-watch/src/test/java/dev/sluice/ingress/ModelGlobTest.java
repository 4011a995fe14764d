package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelGlobTest {
  @ParameterizedTest
  @CsvSource({
    "gpt-4o, gpt-4o, true",
    "gpt-4o, gpt-4, false",
    "gpt-*, gpt-, true",
    "gpt-*, gpt, false",
    "'*', anything, true",
    "'*-mini', gpt-4o-mini, true",
    "'*-mini', gpt-4o-mini-x, false",
    "'a*b*c', aXbYbZc, true",
    "'a*b*c', ab, false",
    "'a**', a, true"
  })
  void matches(String glob, String name, boolean expected) {
    assertThat(new ModelGlob(glob).matches(name)).isEqualTo(expected);
  }

  @Test
  void takesNoLongerThanItsLengths() {
    String many = "a*".repeat(100) + "b";
    assertThat(new ModelGlob(many).matches("a".repeat(200))).isFalse();
  }

  @Test
  void knowsWhatItsStarStandsFor() {
    assertThat(new ModelGlob("local/*").caught("local/llama")).isEqualTo("llama");
    assertThat(new ModelGlob("a-*-z").caught("a-b-z")).isEqualTo("b");
    assertThat(new ModelGlob("a").caught("a")).isEqualTo("a");
    assertThat(new ModelGlob("*a*").caught("bab")).isEqualTo("bab");
  }
}
