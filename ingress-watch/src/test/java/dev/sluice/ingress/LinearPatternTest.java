package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearPatternTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/foo(/|$)(.*)",
        "^/api/v[0-9]{1,3}/([a-z0-9-]{1,63}\\.){1,10}[[:alpha:]]+",
        "/[^]]x{1000}",
        "/\\Q(((({9999}\\E",
        "/a{,5}{x}",
        "(?i)^/(?P<name>[a-z]+)\\.(png|jpg)$",
        "\\p{Greek}{3}\\x{10ffff}?",
      })
  void takesWhatPeopleWrite(String text) {
    assertThat(LinearPattern.compile(text).pattern()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(((a{1000}){1000}){1000}){1000}",
        "(a{100}){100}",
        "(x\\Q)\\E{1000}){1000}",
        "([)]{1000}){1000}",
        "([[:alpha:])]{1000}){1000}",
        "((?:a{0,1000}){0,1000}){2,}",
        "a(?=b)",
        "(a)\\1",
        "(",
        "a{1001}",
        "\\",
        "[",
      })
  void refusesWhatIsTooLargeOrNone(String text) {
    assertThatThrownBy(() -> LinearPattern.compile(text))
        .isInstanceOf(PatternSyntaxException.class);
  }

  @Test
  void refusesWhatIsTooDeepOrTooLongWithoutReadingIt() {
    for (String text :
        new String[] {"(".repeat(2000) + "a" + ")".repeat(2000), "a".repeat(5000), "(".repeat(9)}) {
      assertThatThrownBy(() -> LinearPattern.compile(text, Pattern.CASE_INSENSITIVE))
          .isInstanceOf(PatternSyntaxException.class);
    }
  }

  @Test
  void noPatternIsLargerThanItsBoundSays() {
    Random random = new Random(7);
    String[] parts = {
      "a", ".", "(", ")", "(?:", "{2}", "{9,30}", "{100}", "*", "+?", "|", "[", "]", "\\Q", "\\E",
      "\\", "^", "b{1000}"
    };
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(14); i >= 0; i--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      try {
        int size = LinearPattern.compile(text.toString()).programSize();
        assertThat(size).as(text.toString()).isLessThan(6 * LinearPattern.MOST_STEPS);
      } catch (PatternSyntaxException e) {
        // none, or too large
      }
    }
  }
}
