package dev.sluice.ingress;

import static dev.sluice.ingress.Answers.HOST;
import static dev.sluice.ingress.Answers.answer;
import static dev.sluice.ingress.Answers.twoServices;
import static dev.sluice.ingress.Manifests.path;
import static dev.sluice.ingress.Manifests.rule;
import static dev.sluice.ingress.Manifests.rules;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an Ingress may name of other namespaces. */
class ReferenceGrantTest {
  private static final String SERVED = "10.0.0.1:8080";
  private static final String TO_SECRETS = "to: [{group: '', kind: Secret}]";

  private static Manifests shop() {
    return twoServices()
        .add("v1", "Secret", "name: users, namespace: vault", "stringData: {auth: 'joe:x'}")
        .ingress(
            "name: i, annotations: {nginx.ingress.kubernetes.io/auth-type: basic,"
                + " nginx.ingress.kubernetes.io/auth-secret: vault/users}",
            rules(rule(HOST, path("Prefix", "/", "a"))));
  }

  private static Manifests grant(String namespace, String spec) {
    return shop()
        .add(
            "gateway.networking.k8s.io/v1beta1",
            "ReferenceGrant",
            "name: g, namespace: " + namespace,
            "spec: {" + spec + "}");
  }

  private static String from(String namespace) {
    return "from: [{group: networking.k8s.io, kind: Ingress, namespace: " + namespace + "}], ";
  }

  @Test
  void aSecretOfAnotherNamespaceClosesThePathsUnlessThatNamespaceLetsItBeNamed() {
    Reconciled closed = shop().reconcile();
    assertThat(answer(closed, "/")).isEqualTo("503");
    assertThat(closed.problems())
        .anySatisfy(problem -> assertThat(problem.expected()).contains("ReferenceGrant"));
    Reconciled open = grant("vault", from("default") + TO_SECRETS).reconcile();
    assertThat(answer(open, "/")).isEqualTo(SERVED);
    assertThat(open.problems()).isEmpty();
    assertThat(answer(
            grant("vault", from("default") + "to: [{group: '', kind: Secret, name: users}]")
                .reconcile(),
            "/"))
        .isEqualTo(SERVED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from: [{group: networking.k8s.io, kind: Ingress, namespace: other}], to: [{group: '', kind: Secret}]",
        "from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: default}], to: [{group: '', kind: Secret}]",
        "from: [{group: networking.k8s.io, kind: Ingress, namespace: default}], to: [{group: '', kind: ConfigMap}]",
        "from: [{group: networking.k8s.io, kind: Ingress, namespace: default}], to: [{group: '', kind: Secret, name: others}]",
        "from: [{group: networking.k8s.io, kind: Ingress, namespace: default}], to: [{group: apps, kind: Secret}]",
        "from: [], to: [{group: '', kind: Secret}]"
      })
  void aGrantForSomethingElseLetsNothingBeNamed(String spec) {
    assertThat(answer(grant("vault", spec).reconcile(), "/")).isEqualTo("503");
  }

  @Test
  void nobodyGrantsForAnotherNamespace() {
    assertThat(answer(grant("default", from("default") + TO_SECRETS).reconcile(), "/"))
        .isEqualTo("503");
  }

  @Test
  void aGrantThatComesOrGoesCountsAtOnce() {
    List<Declaration> without = shop().read();
    List<Declaration> with = grant("vault", from("default") + TO_SECRETS).read();
    Reconciled made = RouteReconciler.reconcile(without);
    made = RouteReconciler.reconcile(with, made);
    assertThat(answer(made, "/")).isEqualTo(SERVED);
    made = RouteReconciler.reconcile(new ArrayList<>(without), made);
    assertThat(answer(made, "/")).isEqualTo("503");
  }
}
