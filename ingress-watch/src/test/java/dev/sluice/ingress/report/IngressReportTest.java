package dev.sluice.ingress.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.ClassRules;
import dev.sluice.ingress.ControllerFlags;
import dev.sluice.ingress.manifest.ManifestReader;
import org.junit.jupiter.api.Test;

class IngressReportTest {
  private static final String SERVICE = """
      apiVersion: v1
      kind: Service
      metadata: {name: cart, namespace: shop}
      spec: {ports: [{port: 80}]}
      ---
      """;

  private static String ingress(String annotations, String more) {
    return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: cart, namespace: shop, annotations: {%s}}
        spec:
          %s
          rules:
          - host: shop.example.com
            http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: cart, port: {number: 80}}}}]}
        """.formatted(annotations, more);
  }

  private static String annotation(String key, String value) {
    return "nginx.ingress.kubernetes.io/" + key + ": \"" + value + "\"";
  }

  private static IngressReport report(String yaml) {
    ManifestReader reader = new ManifestReader();
    reader.readFile("shop.yaml", yaml);
    return IngressReport.of(
        reader.declared(), reader.problems(), ClassRules.DEFAULT, ControllerFlags.DEFAULT);
  }

  private static IngressReport reportOf(String key, String value) {
    return report(SERVICE + ingress(annotation(key, value), ""));
  }

  private static Finding only(IngressReport report) {
    assertThat(report.objects().get(0).findings()).hasSize(1);
    return report.objects().get(0).findings().get(0);
  }

  @Test
  void endsWith0WhereAllIsHonoured() {
    IngressReport report = reportOf("ssl-redirect", "false");
    assertThat(report.exitCode(false)).isZero();
    assertThat(only(report).verdict()).isEqualTo(Verdict.HONOURED);
    assertThat(report.objects().get(1).object()).isEqualTo("Service shop/cart");
    assertThat(report.objects().get(1).usedBy()).containsExactly("Ingress shop/cart");
  }

  @Test
  void endsWith1WhereSomethingDiffersUnlessThatIsAccepted() {
    IngressReport report = reportOf("limit-rps", "5");
    assertThat(report.exitCode(false)).isEqualTo(1);
    assertThat(report.exitCode(true)).isZero();
    Finding finding = only(report);
    assertThat(finding.verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(finding.value()).isEqualTo("5");
    assertThat(finding.there()).contains("each controller");
    assertThat(finding.here()).contains("per node");
    assertThat(finding.todo()).isNotEmpty();
  }

  @Test
  void aValueThatMakesNoDifferenceIsHonoured() {
    assertThat(only(reportOf("proxy-buffering", "off")).verdict()).isEqualTo(Verdict.HONOURED);
    assertThat(only(reportOf("proxy-buffering", "on")).verdict()).isEqualTo(Verdict.IGNORED);
    assertThat(only(reportOf("use-regex", "true")).verdict()).isEqualTo(Verdict.HONOURED);
    assertThat(only(reportOf("enable-modsecurity", "false")).verdict()).isEqualTo(Verdict.HONOURED);
  }

  @Test
  void whatNobodySeesIsToldAndFailsNobody() {
    IngressReport report = reportOf("proxy-buffers-number", "8");
    assertThat(only(report).verdict()).isEqualTo(Verdict.IGNORED);
    assertThat(report.exitCode(false)).isZero();
  }

  @Test
  void endsWith2WhereSomethingIsRefused() {
    IngressReport report = reportOf("auth-type", "kerberos");
    assertThat(report.exitCode(true)).isEqualTo(2);
    Finding finding = only(report);
    assertThat(finding.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(finding.place()).isEqualTo("shop.yaml:8");
    assertThat(finding.here()).contains("\"kerberos\"").contains("503");
    assertThat(finding.todo()).isEqualTo("write basic or digest");
  }

  @Test
  void endsWith2WhereSomethingIsMissing() {
    IngressReport report = report(ingress("", ""));
    assertThat(report.exitCode(true)).isEqualTo(2);
    Finding finding = only(report);
    assertThat(finding.verdict()).isEqualTo(Verdict.MISSING);
    assertThat(finding.field()).isEqualTo("spec.rules[0].http.paths[0].backend.service.name");
  }

  @Test
  void endsWith3WhereSomethingCouldNotBeRead() {
    IngressReport report = report("a: [");
    assertThat(report.exitCode(true)).isEqualTo(3);
    assertThat(report.unread()).hasSize(1);
  }

  @Test
  void anObjectThatIsNoneIsRefusedAndTheRestIsTold() {
    IngressReport report = report(
        SERVICE + ingress("", "")
            + "---\n{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: x}, spec: {rules: 5}}\n");
    assertThat(report.exitCode(true)).isEqualTo(2);
    assertThat(report.objects())
        .extracting(ReportedObject::object)
        .containsExactly("Ingress shop/cart", "Ingress default/x", "Service shop/cart");
  }

  @Test
  void ingressesOfOthersAreNotJudged() {
    IngressReport report = report(
        ingress(annotation("server-snippet", "x"), "ingressClassName: other")
            + "---\n{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: other}, spec: {controller: a/b}}\n");
    assertThat(report.exitCode(false)).isZero();
    assertThat(report.objects())
        .extracting(ReportedObject::verdict)
        .containsExactly(Verdict.NOT_OURS, Verdict.NOT_OURS);
  }

  @Test
  void tellsOfTheKeysOfTheController() {
    IngressReport report = report("""
        {apiVersion: v1, kind: ConfigMap, metadata: {name: ingress-nginx-controller, namespace: ingress-nginx},
         data: {hsts: 'true', main-snippet: x, hstz: 'true', use-http2: 'true'}}
        """);
    assertThat(report.objects()).hasSize(1);
    assertThat(report.objects().get(0).findings())
        .extracting(Finding::field, Finding::verdict)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("data.hsts", Verdict.HONOURED),
            org.assertj.core.groups.Tuple.tuple("data.hstz", Verdict.IGNORED),
            org.assertj.core.groups.Tuple.tuple("data.main-snippet", Verdict.REFUSED),
            org.assertj.core.groups.Tuple.tuple("data.use-http2", Verdict.HONOURED));
  }

  @Test
  void textIsWhatThereIsToRead() {
    String text = ReportText.of(reportOf("auth-type", "kerberos"), false);
    assertThat(text)
        .contains("Ingress shop/cart: refused")
        .contains("refused: auth-type = kerberos  [shop.yaml:8]")
        .contains("ingress-nginx: basic and digest")
        .contains("objects: 1 honoured, 1 refused")
        .doesNotContain("Service shop/cart");
  }

  @Test
  void aPageHoldsNoTagOfAnybodyElse() {
    String page =
        ReportHtml.of(reportOf("auth-realm", "<script>alert(1)</script>'&\\u0007"), "<b>here</b>");
    assertThat(page)
        .doesNotContain("<script")
        .doesNotContain("<b>here")
        .doesNotContain("\u0007")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;")
        .doesNotContain("http://")
        .doesNotContain("https://");
  }

  @Test
  void noSecretIsInAReport() {
    IngressReport report = report(
        SERVICE
            + ingress(
                annotation("auth-type", "basic") + ", " + annotation("auth-secret", "users"), "")
            + "---\n{apiVersion: v1, kind: Secret, metadata: {name: users, namespace: shop}, stringData: {auth: 'joe:hidden-hash'}}\n");
    assertThat(report.exitCode(false)).isZero();
    assertThat(ReportText.of(report, true) + ReportHtml.of(report, "") + report)
        .contains("Secret shop/users")
        .doesNotContain("hidden-hash");
  }
}
