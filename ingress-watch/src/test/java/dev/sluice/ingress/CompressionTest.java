package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The keys of the controller's ConfigMap that hold for all hosts. */
class CompressionTest {
  private static GatewayWide wide(String... keysAndValues) {
    Map<String, String> data = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      data.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    DeclaredConfigMap map = new DeclaredConfigMap(
        new ObjectKey("ConfigMap", "ingress-nginx", "ingress-nginx-controller"),
        DeclaredAt.API_SERVER,
        data);
    return RouteReconciler.reconcile(List.of(map)).routes().wide();
  }

  private static Compression of(String... keysAndValues) {
    return wide(keysAndValues).compression();
  }

  @Test
  void nothingIsCompressedByDefault() {
    assertThat(of()).isEqualTo(Compression.OFF);
    assertThat(of("gzip-level", "5", "use-gzip", "perhaps")).isEqualTo(Compression.OFF);
  }

  @Test
  void theDefaultsAreThoseOfIngressNginx() {
    Compression both = of("use-gzip", "true", "enable-brotli", "true");
    assertThat(both.gzip())
        .returns(1, Compression.Coding::level)
        .returns(256L, Compression.Coding::leastBytes)
        .returns(true, coding -> coding.takes("Application/JSON; charset=utf-8"))
        .returns(true, coding -> coding.takes("text/html"))
        .returns(false, coding -> coding.takes("text/event-stream"));
    assertThat(both.brotli())
        .returns(4, Compression.Coding::level)
        .returns(20L, Compression.Coding::leastBytes);
    assertThat(both.disablesGzip("Mozilla/4.0 (compatible; MSIE 6.0)")).isFalse();
  }

  @Test
  void typesReplaceTheDefaultsButNeverHtml() {
    assertThat(of("use-gzip", "true", "gzip-types", "a/b  c/D").gzip())
        .returns(true, coding -> coding.takes("c/d"))
        .returns(true, coding -> coding.takes("text/html"))
        .returns(false, coding -> coding.takes("application/json"));
    assertThat(of("use-gzip", "true", "gzip-types", "*").gzip().takes("x/y")).isTrue();
  }

  @Test
  void whatCannotBeReadIsTheDefaultAndLevelsStayInTheirRange() {
    Compression odd = of(
        "use-gzip",
        "true",
        "gzip-level",
        "99",
        "gzip-min-length",
        "many",
        "gzip-disable",
        "(",
        "enable-brotli",
        "true",
        "brotli-level",
        "11");
    assertThat(odd.gzip().level()).isEqualTo(9);
    assertThat(odd.gzip().leastBytes()).isEqualTo(256);
    assertThat(odd.brotli().level()).isEqualTo(6);
    assertThat(odd.disablesGzip("(")).isFalse();
  }

  @Test
  void gzipIsKeptFromClientsByTheirName() {
    Compression old = of("use-gzip", "true", "gzip-disable", "msie6");
    assertThat(old.disablesGzip("Mozilla/45.0 (compatible; MSIE 6.0; Windows NT 5.1)"))
        .isTrue();
    assertThat(old.disablesGzip("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)"))
        .isFalse();
    assertThat(old.disablesGzip("Mozilla/4.8 [en]")).isFalse();
    assertThat(of("use-gzip", "true", "gzip-disable", "^curl/").disablesGzip("Curl/8"))
        .isTrue();
  }

  @Test
  void connectionsHaveNoLastRequestUnlessOneIsSet() {
    assertThat(wide().requestsPerConnection()).isEqualTo(Long.MAX_VALUE);
    assertThat(wide("keep-alive-requests", "200").requestsPerConnection()).isEqualTo(200);
    assertThat(wide("keep-alive-requests", "x").requestsPerConnection()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aTableThatCompressesOtherwiseIsAnotherTable() {
    DeclaredConfigMap on = new DeclaredConfigMap(
        new ObjectKey("ConfigMap", "ingress-nginx", "ingress-nginx-controller"),
        DeclaredAt.API_SERVER,
        Map.of("use-gzip", "true"));
    assertThat(RouteReconciler.reconcile(List.of(on)).routes().version())
        .isNotEqualTo(RouteReconciler.reconcile(List.<Declaration>of()).routes().version());
  }
}
