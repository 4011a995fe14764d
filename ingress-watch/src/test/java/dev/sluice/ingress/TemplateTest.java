package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "$host, HOST()",
    "http://$host/x, http://HOST()/x",
    "${host}x, HOST()x",
    "$host$request_uri, HOST()REQUEST_URI()",
    "$arg_id, ARG(id)",
    "$http_x_user, HTTP(x-user)",
    "$http_host, HTTP_HOST()",
    "$cookie_session-$args, COOKIE(session)-ARGS()",
    "$best_http_host, HTTP_HOST()",
    "$binary_remote_addr, REMOTE_ADDR()"
  })
  void readsVariablesAndLeavesTheRest(String text, String expanded) {
    assertThat(Template.parse(text))
        .hasValueSatisfying(
            template -> assertThat(template.expand(one -> one.name() + "(" + one.argument() + ")"))
                .isEqualTo(expanded));
  }

  @ParameterizedTest
  @ValueSource(strings = {"$", "${", "${host", "$lua_code", "$HOST", "a$ b", "$arg_", "$1"})
  void knowsNoOtherVariables(String text) {
    assertThat(Template.parse(text)).isEmpty();
  }
}
