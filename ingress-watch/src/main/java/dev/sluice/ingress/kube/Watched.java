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

  /** All that the gateway wants to know. */
  static List<Watched> all(KubernetesSettings settings) {
    List<Watched> all = new ArrayList<>();
    all.add(new Watched("networking.k8s.io/v1", "IngressClass", "ingressclasses", "", ""));
    List<String> namespaces = settings.namespaces().isEmpty() ? List.of("") : settings.namespaces();
    for (String namespace : namespaces) {
      all.add(new Watched("networking.k8s.io/v1", "Ingress", "ingresses", namespace, ""));
      all.add(new Watched("v1", "Service", "services", namespace, ""));
      all.add(new Watched(
          "discovery.k8s.io/v1",
          "EndpointSlice",
          "endpointslices",
          namespace,
          parameter("labelSelector", "kubernetes.io/service-name")));
      all.add(new Watched(
          "v1", "Secret", "secrets", namespace, otherTypesThan(settings.secretTypesLeftOut())));
      all.add(new Watched(OURS, "ModelProvider", "modelproviders", namespace, ""));
      all.add(new Watched(OURS, "ModelRoute", "modelroutes", namespace, ""));
      all.add(new Watched(OURS, "Tenant", "tenants", namespace, ""));
    }
    return List.copyOf(all);
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

  /** Whether the cluster may well not have this kind. */
  boolean isOurs() {
    return apiVersion.equals(OURS);
  }

  @Override
  public String toString() {
    return kind + " objects" + (namespace.isEmpty() ? "" : " in " + namespace);
  }
}
