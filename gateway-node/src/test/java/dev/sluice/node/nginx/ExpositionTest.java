package dev.sluice.node.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.ObjectKey;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExpositionTest {
  private static final ObjectKey SHOP = new ObjectKey("Ingress", "default", "shop");

  private static NginxSettings settings(boolean perHost, boolean classes, String... leftOut) {
    return new NginxSettings(
        true, perHost, classes, Set.of(leftOut), 10, "system", "pod-1", "k8s.io/ingress-nginx");
  }

  private static Series series(String path, String backend, String canary, int status) {
    return new Series(new Series.Key("a.example.com", SHOP, path, backend, canary, "GET", status));
  }

  @Test
  void labelsAreThoseOfIngressNginx() {
    Series one = series("^/api/.*", "default/shop:80", "default/next:8080", 204);
    assertThat(one.labels(settings(true, false)))
        .isEqualTo(Map.of(
            "host", "a.example.com",
            "namespace", "default",
            "ingress", "shop",
            "service", "shop",
            "path", "/api/.*",
            "canary", "default-next-8080",
            "method", "GET",
            "status", "204"));
  }

  @Test
  void hostsAreLeftOutAndStatusesToldAsClassesWhereThatIsAskedFor() {
    assertThat(series("", "", "", 503).labels(settings(false, true)))
        .containsEntry("status", "5xx")
        .containsEntry("path", "/")
        .containsEntry("service", "")
        .doesNotContainKey("host");
  }

  @Test
  void aHistogramIsCumulativeWithTheBucketsOfIngressNginx() throws IOException {
    Histogram times = new Histogram(Buckets.TIMES);
    times.record(5_000_000);
    times.record(5_000_001);
    times.record(20_000_000_000L);
    times.record(-1);
    StringBuilder text = new StringBuilder();
    new Exposition(text, settings(true, false)).histogram("x_seconds", Map.of(), times);
    String labels = "controller_class=\"k8s.io/ingress-nginx\",controller_namespace=\"system\","
        + "controller_pod=\"pod-1\"";
    assertThat(text.toString().lines())
        .hasSize(14)
        .startsWith(
            "nginx_ingress_controller_x_seconds_bucket{" + labels + ",le=\"0.005\"} 1",
            "nginx_ingress_controller_x_seconds_bucket{" + labels + ",le=\"0.01\"} 2")
        .endsWith(
            "nginx_ingress_controller_x_seconds_bucket{" + labels + ",le=\"10\"} 2",
            "nginx_ingress_controller_x_seconds_bucket{" + labels + ",le=\"+Inf\"} 3",
            "nginx_ingress_controller_x_seconds_sum{" + labels + "} 20.010000001",
            "nginx_ingress_controller_x_seconds_count{" + labels + "} 3");
  }

  @Test
  void whatIsLeftOutIsNotBegun() throws IOException {
    StringBuilder text = new StringBuilder();
    Exposition out = new Exposition(text, settings(true, false, "bytes_sent"));
    assertThat(out.begin("bytes_sent", "histogram", "")).isFalse();
    assertThat(out.begin("requests", "counter", "")).isTrue();
    assertThat(text).contains("requests").doesNotContain("bytes_sent");
  }

  @Test
  void valuesThatHoldQuotesAndLineEndsAreWrittenSafely() throws IOException {
    StringBuilder text = new StringBuilder();
    new Exposition(text, settings(true, false)).bare("x", Map.of("a", "1\"2\\3\n4"), 1.5);
    assertThat(text.toString())
        .isEqualTo("nginx_ingress_controller_x{a=\"1\\\"2\\\\3\\n4\"} 1.5\n");
  }
}
