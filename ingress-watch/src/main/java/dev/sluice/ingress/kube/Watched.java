package dev.sluice.ingress.kube;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Objects of one kind, in one namespace or in all.
 *
 * @param apiVersion such as {@code networking.k8s.io/v1}
 * @param plural as in the path of the API
 * @param namespace or empty for all, and for kinds of the whole cluster
 * @param selector query parameter that leaves some out, or empty
 */
record Watched(String apiVersion, String kind, String plural, String namespace, String selector) {
  private static final String OURS = "sluice.dev/v1alpha1";
  private static final String NETWORKING = "networking.k8s.io/v1";
  private static final String GATEWAY = "gateway.networking.k8s.io/v1beta1";
  private static final Watched CLASSES =
      new Watched(NETWORKING, "IngressClass", "ingressclasses", "", "");
  private static final Watched NAMESPACES = new Watched("v1", "Namespace", "namespaces", "", "");
  private static final List<Watched> NAMESPACED = List.of(
      new Watched(NETWORKING, "Ingress", "ingresses", "", ""),
      new Watched("v1", "Service", "services", "", ""),
      new Watched(
          "discovery.k8s.io/v1",
          "EndpointSlice",
          "endpointslices",
          "",
          parameter("labelSelector", "kubernetes.io/service-name")),
      new Watched("v1", "Secret", "secrets", "", ""),
      new Watched(
          "v1",
          "ConfigMap",
          "configmaps",
          "",
          parameter("fieldSelector", "metadata.name!=kube-root-ca.crt")),
      new Watched(GATEWAY, "ReferenceGrant", "referencegrants", "", ""),
      new Watched(OURS, "ModelProvider", "modelproviders", "", ""),
      new Watched(OURS, "ModelRoute", "modelroutes", "", ""),
      new Watched(OURS, "Tenant", "tenants", "", ""));

  /** All that the gateway wants to know. */
  static List<Watched> all(KubernetesSettings settings) {
    List<Watched> all = new ArrayList<>();
    all.add(CLASSES);
    if (!settings.namespaceSelector().isEmpty()) {
      all.add(NAMESPACES.without(parameter("labelSelector", settings.namespaceSelector())));
    }
    List<String> namespaces = settings.namespaces().isEmpty() ? List.of("") : settings.namespaces();
    for (String namespace : namespaces) {
      for (Watched one : NAMESPACED) {
        String types =
            one.kind().equals("Secret") ? otherTypesThan(settings.secretTypesLeftOut()) : "";
        all.add(one.in(namespace).without(types));
      }
    }
    return List.copyOf(all);
  }

  /** Every kind, in all namespaces. */
  static List<Watched> everywhere() {
    List<Watched> all = new ArrayList<>(NAMESPACED);
    all.add(CLASSES);
    return all;
  }

  /** The same in one namespace. */
  Watched in(String namespace) {
    return new Watched(apiVersion, kind, plural, namespace, selector);
  }

  private Watched without(String otherSelector) {
    return otherSelector.isEmpty()
        ? this
        : new Watched(apiVersion, kind, plural, namespace, otherSelector);
  }

  private static String otherTypesThan(List<String> types) {
    return types.isEmpty()
        ? ""
        : parameter(
            "fieldSelector",
            String.join(",", types.stream().map("type!="::concat).toList()));
  }

  private static String parameter(String name, String value) {
    return "&" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** The path of these objects at the API server, without a query. */
  String path() {
    return (apiVersion.contains("/") ? "/apis/" : "/api/")
        + apiVersion
        + (namespace.isEmpty() ? "" : "/namespaces/" + namespace)
        + "/"
        + plural;
  }

  /** Whether it is a kind that deploy/crds brings. */
  boolean isOurs() {
    return apiVersion.equals(OURS);
  }

  /** Whether a cluster without this kind is a whole one. */
  boolean mayBeMissing() {
    return apiVersion.equals(GATEWAY);
  }

  @Override
  public String toString() {
    return kind + " objects" + (namespace.isEmpty() ? "" : " in " + namespace);
  }
}
