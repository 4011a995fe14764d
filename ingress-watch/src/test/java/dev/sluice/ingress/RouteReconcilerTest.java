package dev.sluice.ingress;

import static dev.sluice.ingress.Answers.HOST;
import static dev.sluice.ingress.Answers.answer;
import static dev.sluice.ingress.Answers.twoServices;
import static dev.sluice.ingress.Manifests.path;
import static dev.sluice.ingress.Manifests.rule;
import static dev.sluice.ingress.Manifests.rules;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RouteReconcilerTest {

  @Test
  void takesExactPathsBeforeTheLongestPrefix() {
    Reconciled made = twoServices()
        .service("c", "10.0.0.3")
        .ingress(
            "name: i",
            rules(rule(
                HOST,
                path("Prefix", "/", "a"),
                path("Exact", "/x", "b"),
                path("Prefix", "/x", "c"))))
        .reconcile();
    assertThat(answer(made, "/x")).isEqualTo("10.0.0.2:8080");
    assertThat(answer(made, "/x/y")).isEqualTo("10.0.0.3:8080");
    assertThat(answer(made, "/x/")).isEqualTo("10.0.0.3:8080");
    assertThat(answer(made, "/xy")).isEqualTo("10.0.0.1:8080");
    assertThat(made.problems()).isEmpty();
  }

  @Test
  void takesAPrefixWithOrWithoutASlashAtItsEndForTheSame() {
    Reconciled made = twoServices()
        .ingress("name: i", rules(rule(HOST, path("Prefix", "/x/", "a"))))
        .reconcile();
    assertThat(answer(made, "/x")).isEqualTo("10.0.0.1:8080");
    assertThat(answer(made, "/x/")).isEqualTo("10.0.0.1:8080");
    assertThat(answer(made, "/xy")).isEqualTo("no route");
  }

  @Test
  void takesAnExactPathWithASlashAtItsEndToTheLetter() {
    Reconciled made = twoServices()
        .ingress("name: i", rules(rule(HOST, path("Exact", "/x/", "a"))))
        .reconcile();
    assertThat(answer(made, "/x")).isEqualTo("no route");
    assertThat(answer(made, "/x/")).isEqualTo("10.0.0.1:8080");
  }

  @Test
  void takesImplementationSpecificForPrefix() {
    Reconciled made = twoServices()
        .ingress("name: i", rules(rule(HOST, path("ImplementationSpecific", "/x", "a"))))
        .reconcile();
    assertThat(answer(made, "/x/y")).isEqualTo("10.0.0.1:8080");
    assertThat(answer(made, "/xy")).isEqualTo("no route");
  }

  @Test
  void leavesAPathToTheOlderIngress() {
    Reconciled made = twoServices()
        .ingress(
            "name: a-young, creationTimestamp: '2026-02-01T00:00:00Z'",
            rules(rule(HOST, path("Prefix", "/", "a"), path("Prefix", "/own", "a"))))
        .ingress(
            "name: z-old, creationTimestamp: '2026-01-01T00:00:00Z'",
            rules(rule(HOST, path("Prefix", "/", "b"))))
        .reconcile();
    assertThat(answer(made, "/")).isEqualTo("10.0.0.2:8080");
    assertThat(answer(made, "/own")).isEqualTo("10.0.0.1:8080");
    assertThat(made.problems()).hasSize(1);
    Problem problem = made.problems().get(0);
    assertThat(problem.object()).isEqualTo("Ingress default/a-young");
    assertThat(problem.field()).isEqualTo("spec.rules[0].http.paths[0].path");
    assertThat(problem.what()).contains("is held by Ingress default/z-old");
  }

  @Test
  void leavesAPathOfTwoOfOneAgeToTheFirstByName() {
    Reconciled made = twoServices()
        .ingress("name: b", rules(rule(HOST, path("Exact", "/", "b"))))
        .ingress("name: a", rules(rule(HOST, path("Exact", "/", "a"))))
        .reconcile();
    assertThat(answer(made, "/")).isEqualTo("10.0.0.1:8080");
  }

  @Test
  void letsTheSamePathBeExactHereAndAPrefixThere() {
    Reconciled made = twoServices()
        .ingress("name: a", rules(rule(HOST, path("Exact", "/x", "a"))))
        .ingress("name: b", rules(rule(HOST, path("Prefix", "/x", "b"))))
        .reconcile();
    assertThat(answer(made, "/x")).isEqualTo("10.0.0.1:8080");
    assertThat(answer(made, "/x/y")).isEqualTo("10.0.0.2:8080");
    assertThat(made.problems()).isEmpty();
  }

  @Test
  void givesTheDefaultBackendWhatThePathsOfItsHostsLeave() {
    Reconciled made = twoServices()
        .ingress(
            "name: i",
            "{defaultBackend: {service: {name: b, port: {name: http}}}, rules: ["
                + rule(HOST, path("Exact", "/x", "a")) + ", {host: empty.example.com}]}")
        .reconcile();
    assertThat(answer(made, "/x")).isEqualTo("10.0.0.1:8080");
    assertThat(answer(made, "/y")).isEqualTo("10.0.0.2:8080");
    assertThat(answer(made, "empty.example.com", "/")).isEqualTo("10.0.0.2:8080");
    assertThat(answer(made, "other.example.com", "/")).isEqualTo("no route");
  }

  @Test
  void givesADefaultBackendWithoutRulesAllHostsThatNobodyHas() {
    Reconciled made = twoServices()
        .ingress("name: everything", "{defaultBackend: {service: {name: b, port: {number: 80}}}}")
        .ingress("name: i", rules(rule(HOST, path("Exact", "/x", "a"))))
        .reconcile();
    assertThat(answer(made, "other.example.com", "/y")).isEqualTo("10.0.0.2:8080");
    assertThat(answer(made, "/y")).isEqualTo("no route");
  }

  @Test
  void prefersAPathForEverythingToTheDefaultBackendOfAnOlderIngress() {
    Reconciled made = twoServices()
        .ingress(
            "name: a, creationTimestamp: '2026-01-01T00:00:00Z'",
            "{defaultBackend: {service: {name: a, port: {number: 80}}}, rules: [{host: " + HOST
                + "}]}")
        .ingress(
            "name: b, creationTimestamp: '2026-02-01T00:00:00Z'",
            rules(rule(HOST, path("Prefix", "/", "b"))))
        .reconcile();
    assertThat(answer(made, "/")).isEqualTo("10.0.0.2:8080");
  }

  @Test
  void makesTheSameOfTheSameObjectsInAnyOrder() {
    List<Declaration> declared = new ArrayList<>(twoServices()
        .slice("a-2", "a", "10.0.0.9, 10.0.0.8")
        .ingress("name: i", rules(rule(HOST, path("Prefix", "/", "a"))))
        .ingress("name: j", rules(rule(HOST, path("Prefix", "/", "b"), path("Exact", "/j", "b"))))
        .ingress("name: k", rules(rule("*.example.com", path("Prefix", "/", "none"))))
        .sluice("ModelProvider", "p", "{kind: echo}")
        .sluice("ModelRoute", "m", "{hosts: [" + HOST + "], models: [m], targets: [{provider: p}]}")
        .sluice(
            "ModelRoute", "n", "{hosts: [" + HOST + "], models: [m, n], targets: [{provider: q}]}")
        .sluice("Tenant", "t", "{limits: [{unit: tokens, amount: 1, window: day}]}")
        .read());
    Reconciled first = RouteReconciler.reconcile(declared);
    for (int seed = 0; seed < 20; seed++) {
      Collections.shuffle(declared, new Random(seed));
      Reconciled other = RouteReconciler.reconcile(declared);
      assertThat(other.routes().version())
          .as("seed %s", seed)
          .isEqualTo(first.routes().version());
      assertThat(other.problems()).as("seed %s", seed).isEqualTo(first.problems());
      assertThat(other.tenants().tenants()).isEqualTo(first.tenants().tenants());
    }
  }

  @Test
  void makesOfAChangeWhatItMakesFromNothing() {
    Manifests before = twoServices()
        .ingress("name: i", rules(rule(HOST, path("Prefix", "/", "a"))))
        .ingress("name: j", rules(rule("blog.example.com", path("Prefix", "/", "late"))))
        .ingress("name: k", rules(rule("gone.example.com", path("Prefix", "/", "a"))));
    Reconciled old = before.reconcile();
    List<Declaration> declared = new ArrayList<>(before.read());
    declared.removeIf(one -> one.key().name().equals("k"));
    declared.addAll(new Manifests().service("late", "10.0.0.7").read());

    Reconciled grown = RouteReconciler.reconcile(declared, old);
    Reconciled fresh = RouteReconciler.reconcile(declared);
    assertThat(grown.routes().version()).isEqualTo(fresh.routes().version());
    assertThat(grown.problems()).isEqualTo(fresh.problems()).isEmpty();
    assertThat(answer(grown, "blog.example.com", "/")).isEqualTo("10.0.0.7:8080");
    assertThat(answer(grown, "gone.example.com", "/")).isEqualTo("no route");
  }

  @Test
  void takesOverAHostWhoseDeclarationsAreAsBefore() {
    List<Declaration> declared = twoServices()
        .ingress("name: i", rules(rule(HOST, path("Prefix", "/", "a"))))
        .read();
    Reconciled old = RouteReconciler.reconcile(declared);
    Reconciled same = RouteReconciler.reconcile(declared, old);
    assertThat(same.routes().host(HOST)).isSameAs(old.routes().host(HOST));
  }

  @Test
  void letsABadIngressHarmOnlyItself() {
    Reconciled made = twoServices()
        .ingress("name: good", rules(rule(HOST, path("Prefix", "/", "a"))))
        .ingress("name: bad", rules(rule(HOST, path("Prefix", "/bad", "missing"))))
        .reconcile();
    assertThat(answer(made, "/")).isEqualTo("10.0.0.1:8080");
    assertThat(answer(made, "/bad")).isEqualTo("503");
    assertThat(made.problems()).extracting(Problem::object).containsExactly("Ingress default/bad");
  }

  @Test
  void answers503InsteadOfAnotherRouteWhereAServiceOrPortIsMissing() {
    Reconciled made = twoServices()
        .ingress(
            "name: i",
            rules(
                rule(
                    HOST,
                    path("Prefix", "/", "a"),
                    path("Prefix", "/service", "missing"),
                    "{pathType: Exact, path: /number, backend: {service: {name: a, port: {number: 81}}}}",
                    "{pathType: Exact, path: /name, backend: {service: {name: a, port: {name: grpc}}}}")))
        .reconcile();
    assertThat(answer(made, "/service/x")).isEqualTo("503");
    assertThat(answer(made, "/number")).isEqualTo("503");
    assertThat(answer(made, "/name")).isEqualTo("503");
    assertThat(made.problems())
        .extracting(Problem::field, Problem::expected)
        .contains(org.assertj.core.groups.Tuple.tuple(
            "spec.rules[0].http.paths[2].backend.service.port", "one of 80 http"));
  }

  @Test
  void answers503WhereNoEndpointIsReady() {
    Reconciled made = new Manifests()
        .service("a", "")
        .ingress("name: i", rules(rule(HOST, path("Prefix", "/", "a"))))
        .reconcile();
    assertThat(answer(made, "/")).isEqualTo("503");
    assertThat(made.problems()).isEmpty();
  }

  @Test
  void takesTheEndpointsOfAllSlicesOnceEach() {
    Reconciled made = new Manifests()
        .service("a", "10.0.0.1, 10.0.0.2")
        .slice("a-2", "a", "10.0.0.2, 10.0.0.3")
        .slice("b-1", "b", "10.0.0.4")
        .ingress("name: i", rules(rule(HOST, path("Prefix", "/", "a"))))
        .reconcile();
    assertThat(answer(made, "/")).isEqualTo("10.0.0.1:8080 10.0.0.2:8080 10.0.0.3:8080");
  }

  @Test
  void takesNoServiceOfAnotherNamespace() {
    Reconciled made = twoServices()
        .ingress("name: i, namespace: other", rules(rule(HOST, path("Prefix", "/", "a"))))
        .reconcile();
    assertThat(answer(made, "/")).isEqualTo("503");
  }

  @Test
  void sendsToTheNameOfAnExternalService() {
    Reconciled made = new Manifests()
        .add(
            "v1", "Service", "name: a", "spec: {type: ExternalName, externalName: far.example.org}")
        .ingress("name: i", rules(rule(HOST, path("Prefix", "/", "a"))))
        .reconcile();
    assertThat(answer(made, "/")).isEqualTo("far.example.org:80");
  }
}
