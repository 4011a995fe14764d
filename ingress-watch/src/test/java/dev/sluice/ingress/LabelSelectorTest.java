package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSelectorTest {
  private static final Map<String, String> LABELS =
      Map.of("team", "shop", "kubernetes.io/metadata.name", "cart", "empty", "");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "team=shop                    | true",
        "team == shop                 | true",
        "team=web                     | false",
        "team!=web                    | true",
        "team!=shop                   | false",
        "other!=shop                  | true",
        "team in (web, shop)          | true",
        "team in (web)                | false",
        "team notin (web,shop)        | false",
        "other notin (web)            | true",
        "team                         | true",
        "other                        | false",
        "!other                       | true",
        "!team                        | false",
        "empty=                       | true",
        "team=shop,!other             | true",
        "team in (a,shop),empty,!team | false",
        "kubernetes.io/metadata.name=cart | true"
      })
  void takesWhatKubectlTakes(String selector, boolean taken) {
    assertThat(LabelSelector.parse(selector).matches(LABELS)).isEqualTo(taken);
  }

  @Test
  void withNothingSaidTakesEverything() {
    assertThat(LabelSelector.parse(" ").takesEverything()).isTrue();
    assertThat(LabelSelector.parse("").matches(Map.of())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"team=shop,", "=shop", "team in shop", "team=sh op", "!", "team in ("})
  void refusesWhatItCantRead(String selector) {
    assertThatThrownBy(() -> LabelSelector.parse(selector))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("\"");
  }
}
