package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionTest {
  /** Judged among its own hosts alone, an Ingress has the problems that it has among all. */
  @ParameterizedTest
  @CsvSource({
    "auth-type, kerberos, a.test, /",
    "use-regex, true, a.test, /(",
    "proxy-buffering, on, b.test, /",
    "canary, true, a.test, /",
    "server-alias, 'b.test,**', c.test, /x",
    "ssl-redirect, maybe, '', /",
  })
  void saysWhatTheReconcilerSays(String key, String value, String host, String path) {
    List<Declaration> declared = new ArrayList<>(Answers.twoServices()
        .ingress(
            "name: one, creationTimestamp: '2026-01-01T00:00:00Z'",
            Manifests.rules(Manifests.rule("a.test", Manifests.path("Prefix", "/", "a"))))
        .ingress(
            "name: two, creationTimestamp: '2026-01-01T00:00:00Z'",
            Manifests.rules(Manifests.rule("b.test", Manifests.path("Prefix", "/", "none"))))
        .read());
    Declaration proposed = Manifests.read("""
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: new, creationTimestamp: '2026-02-01T00:00:00Z', annotations: {nginx.ingress.kubernetes.io/%s: '%s'}}
            spec: %s
            """.formatted(
                key,
                value,
                Manifests.rules(
                    Manifests.rule(host, Manifests.path("ImplementationSpecific", path, "a")))))
        .get(0);
    Admission judged = Admission.of(
        declared, (DeclaredIngress) proposed, ClassRules.DEFAULT, ControllerFlags.DEFAULT);
    declared.add(proposed);
    List<Problem> all = new ArrayList<>(judged.refused());
    all.addAll(judged.told());
    assertThat(all)
        .containsExactlyInAnyOrderElementsOf(RouteReconciler.reconcile(declared).problems().stream()
            .filter(problem -> problem.object().equals("Ingress default/new"))
            .toList());
  }
}
