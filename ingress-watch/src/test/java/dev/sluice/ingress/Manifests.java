package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.manifest.ManifestReader;
import java.util.ArrayList;
import java.util.List;

/** Declarations written as people write them. */
final class Manifests {
  private final List<String> documents = new ArrayList<>();

  /** All of these, which must be readable. */
  static List<Declaration> read(String yaml) {
    ManifestReader reader = new ManifestReader();
    reader.readFile("test.yaml", yaml);
    assertThat(reader.problems()).isEmpty();
    return List.copyOf(reader.declared());
  }

  /** An Ingress with this in its metadata and its spec, both in YAML's flow style. */
  Manifests ingress(String metadata, String spec) {
    return add("networking.k8s.io/v1", "Ingress", metadata, "spec: " + spec);
  }

  /** A Service {@code name} with port 80 and one endpoint {@code address}:8080. */
  Manifests service(String name, String address) {
    return add("v1", "Service", "name: " + name, "spec: {ports: [{name: http, port: 80}]}")
        .slice(name + "-1", name, address);
  }

  Manifests slice(String name, String service, String addresses) {
    return add(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        "name: " + name + ", labels: {kubernetes.io/service-name: " + service + "}",
        "ports: [{name: http, port: 8080}]\nendpoints: [{addresses: [" + addresses + "]}]");
  }

  Manifests secret(String name, String stringData) {
    return add("v1", "Secret", "name: " + name, "stringData: {" + stringData + "}");
  }

  /** One of our own kinds. */
  Manifests sluice(String kind, String name, String spec) {
    return add("sluice.dev/v1alpha1", kind, "name: " + name, "spec: " + spec);
  }

  Manifests add(String apiVersion, String kind, String metadata, String rest) {
    documents.add("apiVersion: %s\nkind: %s\nmetadata: {%s}\n%s\n"
        .formatted(apiVersion, kind, metadata, rest));
    return this;
  }

  List<Declaration> read() {
    return read(String.join("---\n", documents));
  }

  Reconciled reconcile() {
    return RouteReconciler.reconcile(read());
  }

  /** One path of a rule. */
  static String path(String type, String path, String service) {
    return "{pathType: " + type + ", path: '" + path + "', backend: {service: {name: " + service
        + ", port: {number: 80}}}}";
  }

  static String rule(String host, String... paths) {
    return "{host: '" + host + "', http: {paths: [" + String.join(", ", paths) + "]}}";
  }

  static String rules(String... rules) {
    return "{rules: [" + String.join(", ", rules) + "]}";
  }
}
