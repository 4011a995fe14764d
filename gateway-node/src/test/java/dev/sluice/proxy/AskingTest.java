package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ingress.Explanation;
import dev.sluice.ingress.Reconciled;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskingTest {
  private static Explanation ask(String url, String... headers) {
    return Asking.explain(Reconciled.NOTHING, List.of(), "GET", url, List.of(headers));
  }

  @ParameterizedTest
  @CsvSource({
    "https://Shop.Example.com:8443/a//b/./c?x=/../y, GET https://shop.example.com/a/b/c",
    "http://shop.example.com, GET http://shop.example.com/",
    "http://shop.example.com?x=1, GET http://shop.example.com/",
    "http://shop.example.com./%61#top, GET http://shop.example.com/a",
    "http://[::1]:80/ü, GET http://[::1]/ü",
  })
  void readsAUrlAsARequestIsRead(String url, String asked) {
    assertThat(ask(url).request()).isEqualTo(asked);
  }

  @Test
  void theHeaderHostStandsForThatOfTheUrl() {
    assertThat(ask("http://127.0.0.1:8080/x", "Host: shop.example.com").request())
        .isEqualTo("GET http://shop.example.com/x");
  }

  @Test
  void saysWhatIsNoRequest() {
    assertThatThrownBy(() -> ask("shop.example.com/x")).hasMessageContaining("no URL");
    assertThatThrownBy(() -> ask("http://a/b/../c")).hasMessageContaining("a .. segment");
    assertThatThrownBy(() -> ask("http://a/%2f")).hasMessageContaining("400");
    assertThatThrownBy(() -> ask("http://a/", "x")).hasMessageContaining("Name: value");
  }
}
