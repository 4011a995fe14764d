package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IngressOptionsTest {
  private static final String PREFIX = "nginx.ingress.kubernetes.io/";

  private static IngressOptions options(String... keysAndValues) {
    Map<String, String> annotations = new TreeMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      annotations.put(PREFIX + keysAndValues[i], keysAndValues[i + 1]);
    }
    return IngressOptions.of(new DeclaredIngress(
        new ObjectKey("Ingress", "shop", "cart"),
        DeclaredAt.API_SERVER,
        "",
        annotations,
        null,
        List.of(),
        List.of()));
  }

  private static void assertHonoured(IngressOptions options) {
    assertThat(options.problems()).isEmpty();
    assertThat(options.closed()).isNull();
  }

  private static void assertProblem(IngressOptions options, String key, String effect) {
    assertThat(options.problems()).hasSize(1);
    Problem problem = options.problems().get(0);
    assertThat(problem.object()).isEqualTo("Ingress shop/cart");
    assertThat(problem.field()).isEqualTo("metadata.annotations." + PREFIX + key);
    assertThat(problem.effect()).contains(effect);
  }

  @Test
  void areThoseOfIngressNginxWhereNothingIsSaid() {
    IngressOptions options = options();
    assertHonoured(options);
    assertThat(options.sslRedirect()).isTrue();
    assertThat(options.forceSslRedirect()).isFalse();
    assertThat(options.canary()).isFalse();
    assertThat(options.bodyBytes()).isEqualTo(1 << 20);
    assertThat(options.retries()).isEqualTo(new Retries(3));
    assertThat(options.timeouts())
        .isEqualTo(
            new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60)));
  }

  @ParameterizedTest
  @CsvSource({
    "1, true",
    "t, true",
    "TRUE, true",
    "True, true",
    "' true ', true",
    "0, false",
    "F, false",
    "false, false"
  })
  void readsFlagsAsGoDoes(String value, boolean flag) {
    assertHonoured(options("force-ssl-redirect", value, "ssl-redirect", value));
    assertThat(options("force-ssl-redirect", value).forceSslRedirect()).isEqualTo(flag);
    assertThat(options("ssl-redirect", value).sslRedirect()).isEqualTo(flag);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "on", "tRUE", "2"})
  void useTheDefaultForAFlagThatIsNone(String value) {
    assertThat(options("ssl-redirect", value).sslRedirect()).isTrue();
    assertProblem(options("ssl-redirect", value), "ssl-redirect", "the default true");
    assertThat(options("force-ssl-redirect", value).forceSslRedirect()).isFalse();
    assertProblem(options("force-ssl-redirect", value), "force-ssl-redirect", "the default false");
    assertThat(options("canary", value).canary()).isFalse();
    assertProblem(options("canary", value), "canary", "the default false");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1000, 1000", "8k, 8192", "8K, 8192", "20m, 20971520", "2G, 2147483648"})
  void readSizesInBytesWithTheirUnit(String value, long bytes) {
    assertHonoured(options("proxy-body-size", value));
    assertThat(options("proxy-body-size", value).bodyBytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "8mb", "1.5m", "any", "17179869184g", "9999999999999"})
  void useTheDefaultForASizeThatIsNone(String value) {
    assertThat(options("proxy-body-size", value).bodyBytes()).isEqualTo(1 << 20);
    assertProblem(options("proxy-body-size", value), "proxy-body-size", "the default 1m");
  }

  @Test
  void readTimeoutsInSeconds() {
    IngressOptions options = options(
        "proxy-connect-timeout", "7", "proxy-read-timeout", "3600", "proxy-send-timeout", "1");
    assertHonoured(options);
    assertThat(options.timeouts())
        .isEqualTo(new Timeouts(Duration.ofSeconds(7), Duration.ofHours(1), Duration.ofSeconds(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-5", "60s", "1000001", "99999999999"})
  void useTheDefaultForATimeoutThatIsNone(String value) {
    for (String key :
        List.of("proxy-connect-timeout", "proxy-read-timeout", "proxy-send-timeout")) {
      assertThat(options(key, value).timeouts()).isEqualTo(Timeouts.DEFAULT);
      assertProblem(options(key, value), key, "the default");
    }
  }

  @Test
  void readHowOftenIsTriedWhereZeroMeansAsOftenAsThereAreEndpoints() {
    assertThat(options("proxy-next-upstream-tries", "1").retries().tries()).isEqualTo(1);
    assertThat(options("proxy-next-upstream-tries", "0").retries().tries()).isEqualTo(1000);
    assertProblem(
        options("proxy-next-upstream-tries", "-1"), "proxy-next-upstream-tries", "the default 3");
  }

  @ParameterizedTest
  @CsvSource({
    "backend-protocol, HTTP",
    "backend-protocol, http",
    "backend-protocol, grpc",
    "backend-protocol, GRPCS",
    "canary, false",
    "use-regex, false",
    "ssl-passthrough, 0"
  })
  void takeWhatAsksForWhatIsDoneAnyway(String key, String value) {
    assertHonoured(options(key, value));
    assertThat(options(key, value).canary()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "ssl-passthrough, true",
    "auth-url, ''",
    "whitelist-source-range, ''",
    "auth-tls-verify-client, optional"
  })
  void closeTheIngressWhereAGuardOrDirectionCannotBeHonoured(String key, String value) {
    IngressOptions options = options(key, value);
    assertThat(options.closed()).contains(key);
    assertProblem(options, key, "the paths of this Ingress answer 503");
  }

  @Test
  void sayOfWhatIsNotKnownThatItHasNoEffect() {
    IngressOptions options = options("proxy-buffering", "on");
    assertThat(options.closed()).isNull();
    assertProblem(options, "proxy-buffering", "it has no effect");
  }

  @Test
  void nameEachOfSeveralProblems() {
    assertThat(options("auth-url", "x", "proxy-body-size", "x", "no-such", "x").problems())
        .extracting(Problem::field)
        .containsExactly(
            "metadata.annotations." + PREFIX + "auth-url",
            "metadata.annotations." + PREFIX + "no-such",
            "metadata.annotations." + PREFIX + "proxy-body-size");
  }
}
