package dev.sluice.ingress;

import static dev.sluice.ingress.Answers.answer;
import static dev.sluice.ingress.Manifests.path;
import static dev.sluice.ingress.Manifests.rule;
import static dev.sluice.ingress.Manifests.rules;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What follows from the flags of ingress-nginx that are settings here. */
class ControllerFlagsTest {
  private static final ObjectKey CONFIG = ControllerFlags.DEFAULT.configMap();
  private static final ObjectKey LAST = new ObjectKey("Service", "default", "last");

  private static Reconciled reconcile(Manifests declared, ControllerFlags flags) {
    return RouteReconciler.reconcile(
        declared.read(), ClassRules.DEFAULT, flags, Reconciled.NOTHING);
  }

  private static ControllerFlags with(ObjectKey defaultBackend, boolean catchAll, boolean names) {
    return new ControllerFlags(CONFIG, defaultBackend, null, catchAll, names);
  }

  private static Manifests shop() {
    return new Manifests()
        .service("web", "10.0.0.1")
        .ingress("name: shop", rules(rule("shop.example.com", path("Prefix", "/cart", "web"))));
  }

  @Test
  void theDefaultBackendAnswersHostsAndPathsThatNobodyElseTakes() {
    Reconciled made = reconcile(shop().service("last", "10.0.0.9"), with(LAST, true, true));
    assertThat(answer(made, "shop.example.com", "/cart")).isEqualTo("10.0.0.1:8080");
    assertThat(answer(made, "shop.example.com", "/else")).isEqualTo("10.0.0.9:8080");
    assertThat(answer(made, "unknown.example.com", "/")).isEqualTo("10.0.0.9:8080");
    assertThat(made.problems()).isEmpty();
  }

  @Test
  void withoutItOrWithoutItsServiceTheAnswerIs404() {
    assertThat(answer(reconcile(shop(), with(LAST, true, true)), "unknown", "/"))
        .isEqualTo("no route");
    Reconciled none = reconcile(shop(), ControllerFlags.DEFAULT);
    assertThat(answer(none, "shop.example.com", "/else")).isEqualTo("no route");
  }

  @Test
  void aCatchAllIngressGoesBeforeTheDefaultBackend() {
    Manifests declared = shop()
        .service("last", "10.0.0.9")
        .service("all", "10.0.0.5")
        .ingress("name: all", "{defaultBackend: {service: {name: all, port: {number: 80}}}}");
    assertThat(answer(reconcile(declared, with(LAST, true, true)), "unknown", "/"))
        .isEqualTo("10.0.0.5:8080");
  }

  @Test
  void catchAllIngressesCanBeSwitchedOffAndThatIsSaid() {
    Manifests declared = shop()
        .service("all", "10.0.0.5")
        .ingress("name: all", "{defaultBackend: {service: {name: all, port: {number: 80}}}}");
    Reconciled made = reconcile(declared, with(null, false, true));
    assertThat(answer(made, "unknown", "/")).isEqualTo("no route");
    assertThat(answer(made, "shop.example.com", "/cart")).isEqualTo("10.0.0.1:8080");
    assertThat(made.problems())
        .singleElement()
        .asString()
        .contains("spec.defaultBackend")
        .contains("switched off");
  }

  @Test
  void servicesThatNameHostsOutsideCanBeSwitchedOffAndThatIsSaid() {
    Manifests declared = new Manifests()
        .add(
            "v1",
            "Service",
            "name: out",
            "spec: {type: ExternalName, externalName: example.org, ports: [{port: 80}]}")
        .ingress("name: shop", rules(rule("a", path("Prefix", "/", "out"))));
    assertThat(answer(reconcile(declared, ControllerFlags.DEFAULT), "a", "/"))
        .isEqualTo("example.org:80");
    Reconciled made = reconcile(declared, with(null, true, false));
    assertThat(answer(made, "a", "/")).isEqualTo("503");
    assertThat(made.problems()).singleElement().asString().contains("names a host outside");
  }

  @Test
  void keysOfTheControllerAreReadFromTheConfigMapThatIsNamed() {
    Manifests declared =
        shop().add("v1", "ConfigMap", "name: own, namespace: edge", "data: {use-gzip: \"true\"}");
    ControllerFlags flags =
        new ControllerFlags(new ObjectKey("ConfigMap", "edge", "own"), null, null, true, true);
    assertThat(reconcile(declared, flags).routes().wide().compression())
        .isNotEqualTo(Compression.OFF);
    assertThat(reconcile(declared, ControllerFlags.DEFAULT).routes().wide())
        .isEqualTo(GatewayWide.DEFAULT);
  }

  @Test
  void changedFlagsAndDeclarationsMakeTheSameTableAsFromNothing() {
    ControllerFlags flags = with(LAST, true, true);
    Reconciled before = reconcile(shop().service("last", "10.0.0.9"), flags);
    List<Declaration> moved = shop().service("last", "10.0.0.8").read();
    Reconciled after = RouteReconciler.reconcile(moved, ClassRules.DEFAULT, flags, before);
    assertThat(answer(after, "shop.example.com", "/else")).isEqualTo("10.0.0.8:8080");
    assertThat(after.routes().version())
        .isEqualTo(RouteReconciler.reconcile(moved, ClassRules.DEFAULT, flags, Reconciled.NOTHING)
            .routes()
            .version());
  }
}
