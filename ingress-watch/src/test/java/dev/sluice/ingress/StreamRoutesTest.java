package dev.sluice.ingress;

import static dev.sluice.ingress.Answers.answer;
import static dev.sluice.ingress.Manifests.path;
import static dev.sluice.ingress.Manifests.rule;
import static dev.sluice.ingress.Manifests.rules;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Connections that are passed on as they are: TCP services, and TLS that ends elsewhere. */
class StreamRoutesTest {
  private static final String PASSED =
      "name: shop, annotations: {nginx.ingress.kubernetes.io/ssl-passthrough: \"true\"}";
  private static final ControllerFlags ON = new ControllerFlags(
      ControllerFlags.DEFAULT.configMap(),
      null,
      null,
      true,
      true,
      new ObjectKey("ConfigMap", "edge", "tcp"),
      new ObjectKey("ConfigMap", "edge", "udp"),
      true,
      "");

  private static Reconciled reconcile(Manifests declared, ControllerFlags flags) {
    return RouteReconciler.reconcile(
        declared.read(), ClassRules.DEFAULT, flags, Reconciled.NOTHING);
  }

  private static Manifests services(String data) {
    return new Manifests()
        .service("web", "10.0.0.1")
        .add("v1", "ConfigMap", "name: tcp, namespace: edge", "data: " + data);
  }

  @Test
  void eachKeyIsAPortThatLeadsToAServiceByNumberOrName() {
    Reconciled made = reconcile(
        services("{\"9000\": default/web:80, \"9001\": \"default/web:80:PROXY\","
            + " \"9002\": \"default/web:80::proxy\"}"),
        ON);
    assertThat(made.problems()).isEmpty();
    StreamRoutes.StreamRoute first =
        Objects.requireNonNull(made.routes().streams().ports().get(9000));
    assertThat(first.backend().endpoints()).containsExactly(new Action.Endpoint("10.0.0.1", 8080));
    assertThat(first.readsProxy() || first.writesProxy()).isFalse();
    assertThat(made.routes().streams().ports().get(9001).readsProxy()).isTrue();
    assertThat(made.routes().streams().ports().get(9002).readsProxy()).isFalse();
    assertThat(made.routes().streams().ports().get(9002).writesProxy()).isTrue();
  }

  @Test
  void whatCantBeReadOrLeadsNowhereIsSaidAndHarmsNoOtherPort() {
    Reconciled made = reconcile(
        services("{\"9000\": default/web:80, http: default/web:80, \"70000\": default/web:80,"
            + " \"9001\": web, \"9002\": default/none:80, \"9003\": default/web:81}"),
        ON);
    assertThat(made.routes().streams().ports()).containsOnlyKeys(9000);
    assertThat(made.problems())
        .extracting(Problem::field)
        .containsExactlyInAnyOrder(
            "data.http", "data.70000", "data.9001", "data.9002", "data.9003");
  }

  private static Manifests dns(String value) {
    return new Manifests()
        .add(
            "v1",
            "Service",
            "name: dns",
            "spec: {ports: [{name: tcp, port: 53}, {name: udp, port: 53, protocol: UDP}]}")
        .add(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            "name: dns-1, labels: {kubernetes.io/service-name: dns}",
            "ports: [{name: tcp, port: 5353}, {name: udp, port: 5354, protocol: UDP}]\n"
                + "endpoints: [{addresses: [10.0.0.1]}]")
        .add("v1", "ConfigMap", "name: udp, namespace: edge", "data: {\"53\": \"" + value + "\"}");
  }

  @Test
  void datagramsGoToThePortOfUdp() {
    Reconciled made = reconcile(dns("default/dns:53"), ON);
    assertThat(made.routes().streams().ports()).isEmpty();
    assertThat(made.routes().streams().datagrams().get(53).backend().endpoints())
        .containsExactly(new Action.Endpoint("10.0.0.1", 5354));
    assertThat(made.problems()).isEmpty();
    assertThat(reconcile(dns("default/dns:udp"), ON).routes().streams().datagrams())
        .containsOnlyKeys(53);
  }

  @Test
  void datagramsWithAHeaderOfAProxyOrForAPortOfTcpAreRefusedByName() {
    for (String value : new String[] {"default/dns:53:PROXY", "default/dns:tcp"}) {
      Reconciled made = reconcile(dns(value), ON);
      assertThat(made.routes().streams().datagrams()).isEmpty();
      assertThat(made.problems()).extracting(Problem::field).containsExactly("data.53");
    }
  }

  @Test
  void withoutTheFlagsNothingIsPassedOn() {
    assertThat(reconcile(services("{\"9000\": default/web:80}"), ControllerFlags.DEFAULT)
            .routes()
            .streams())
        .isEqualTo(StreamRoutes.NONE);
  }

  @Test
  void tlsGoesToTheServiceOfThePathRootOfItsHostOnly() {
    Manifests declared = new Manifests()
        .service("api", "10.0.0.2")
        .service("web", "10.0.0.1")
        .ingress(
            PASSED,
            rules(rule("a.example", path("Prefix", "/api", "api"), path("Prefix", "/", "web"))));
    Reconciled made = reconcile(declared, ON);
    assertThat(made.routes().streams().host("a.example").backend().endpoints())
        .containsExactly(new Action.Endpoint("10.0.0.1", 8080));
    assertThat(made.routes().streams().host("b.example")).isNull();
    assertThat(answer(made, "a.example", "/api")).isEqualTo("10.0.0.2:8080");
    assertThat(made.problems()).isEmpty();
  }

  @Test
  void tlsOfAHostWithoutThatPathEndsHereAndThatIsSaid() {
    Manifests declared = new Manifests()
        .service("api", "10.0.0.2")
        .ingress(PASSED, rules(rule("a.example", path("Prefix", "/api", "api"))));
    Reconciled made = reconcile(declared, ON);
    assertThat(made.routes().streams().hosts()).isEmpty();
    assertThat(made.problems()).singleElement().asString().contains("ssl-passthrough");
  }

  @Test
  void theAnnotationClosesItsPathsWhereItIsSwitchedOff() {
    Manifests declared = new Manifests()
        .service("web", "10.0.0.1")
        .ingress(PASSED, rules(rule("a.example", path("Prefix", "/", "web"))));
    Reconciled made = reconcile(declared, ControllerFlags.DEFAULT);
    assertThat(answer(made, "a.example", "/")).isEqualTo("503");
    assertThat(made.problems())
        .singleElement()
        .asString()
        .contains("sluice.ingress.controller.ssl-passthrough");
  }

  @Test
  void tablesThatPassOnOtherThingsHaveOtherVersions() {
    String none = reconcile(services("{}"), ON).routes().version();
    String one = reconcile(services("{\"9000\": default/web:80}"), ON).routes().version();
    String other =
        reconcile(services("{\"9001\": default/web:80}"), ON).routes().version();
    assertThat(one).isNotEqualTo(none).isNotEqualTo(other);
  }
}
