package dev.sluice.ingress.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.manifest.ManifestReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class KeptFormatTest {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
  private static final String OTHER_KEY = Base64.getEncoder()
      .encodeToString("another key of 32 bytes, not it.".getBytes(StandardCharsets.US_ASCII));

  private static final String ALL_KINDS = """
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata: {name: nginx, annotations: {ingressclass.kubernetes.io/is-default-class: "true"}}
      spec: {controller: k8s.io/ingress-nginx}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: shop, namespace: a, creationTimestamp: "2026-01-01T00:00:00Z", annotations: {x: y}}
      spec:
        ingressClassName: nginx
        defaultBackend: {service: {name: s, port: {name: http}}}
        tls: [{hosts: [shop.example], secretName: tls}]
        rules:
          - host: shop.example
            http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}]}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: bare}
      spec: {defaultBackend: {service: {name: s, port: {number: 80}}}}
      ---
      apiVersion: v1
      kind: Namespace
      metadata: {name: a, labels: {team: shop}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: s}
      spec: {ports: [{name: http, port: 80}]}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: s-1, labels: {kubernetes.io/service-name: s}}
      ports: [{name: http, port: 8080}]
      endpoints: [{addresses: [192.0.2.1]}]
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: c}
      data: {hsts: "false"}
      ---
      apiVersion: gateway.networking.k8s.io/v1beta1
      kind: ReferenceGrant
      metadata: {name: g}
      spec:
        from: [{group: networking.k8s.io, kind: Ingress, namespace: a}]
        to: [{group: "", kind: Secret, name: tls}]
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: tls}
      stringData: {password: hidden-away}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: controller}
      data: {proxy-body-size: 8m}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelProvider
      metadata: {name: p}
      spec:
        kind: openai-compatible
        baseUrl: https://models.example/v1
        credential: {secretRef: {name: tls, key: password}}
        timeouts: {silence: 5s, total: 1m}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: m}
      spec: {models: ["*"], targets: [{provider: p}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: t}
      spec:
        keys: [{name: main, secretRef: {name: tls, key: password}}]
        limits: [{unit: tokens, amount: 5, window: day, timeZone: Europe/Berlin}]
      """;

  private static List<Declaration> all() {
    ManifestReader reader = new ManifestReader();
    reader.readFile("all.yaml", ALL_KINDS);
    assertThat(reader.problems()).isEmpty();
    return List.copyOf(reader.declared());
  }

  @Test
  void bringsEveryKindBackAsItWas() throws Exception {
    List<Declaration> all = all();
    Set<Class<?>> kinds = all.stream().map(Object::getClass).collect(Collectors.toSet());
    assertThat(kinds).containsExactlyInAnyOrder(Declaration.class.getPermittedSubclasses());
    for (String key : List.of("", KEY)) {
      assertThat(KeptFormat.read(KeptFormat.write(all, key), key)).isEqualTo(all);
    }
  }

  @Test
  void opensWithItsOwnKeyOnlyAndNotWhenABitIsOther() throws Exception {
    byte[] kept = KeptFormat.write(all(), KEY);
    byte[] changed = kept.clone();
    changed[kept.length - 40] ^= 1;
    assertThatThrownBy(() -> KeptFormat.read(kept, OTHER_KEY)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> KeptFormat.read(changed, KEY)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> KeptFormat.read(kept, "")).isInstanceOf(IOException.class);
  }

  @Test
  void isRefusedWhereAnotherBuildHasWrittenItOrItsEndIsMissing() throws Exception {
    byte[] kept = KeptFormat.write(all(), KEY);
    byte[] others = kept.clone();
    others[0] ^= 1;
    assertThatThrownBy(() -> KeptFormat.read(others, KEY)).hasMessageContaining("another version");
    for (int length : List.of(0, 31, 32, 40, kept.length - 1)) {
      byte[] cut = Arrays.copyOf(kept, length);
      assertThatThrownBy(() -> KeptFormat.read(cut, KEY)).isInstanceOf(IOException.class);
    }
  }
}
