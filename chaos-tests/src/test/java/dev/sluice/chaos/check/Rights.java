package dev.sluice.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.chaos.fault.ControlPlane;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What may be done at an API server, and what was tried: {@code list networking.k8s.io/ingresses} and so on. */
public final class Rights {
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";

  private Rights() {}

  /** What a ServiceAccount may do by all roles that are bound to it: each verb of each resource of each rule. */
  public static Set<String> granted(ControlPlane cluster, String namespace, String account)
      throws IOException, InterruptedException {
    Set<String> granted = new TreeSet<>();
    for (String kind : List.of("clusterrolebindings", "rolebindings")) {
      for (JsonNode binding : cluster.api().get(RBAC + kind).path("items")) {
        if (isOf(binding, namespace, account)) {
          String role = binding.at("/roleRef/name").asText();
          addRules(
              cluster
                  .api()
                  .get(
                      binding.at("/roleRef/kind").asText().equals("ClusterRole")
                          ? RBAC + "clusterroles/" + role
                          : RBAC + "namespaces/"
                              + binding.at("/metadata/namespace").asText() + "/roles/" + role)
                  .path("rules"),
              granted);
        }
      }
    }
    return granted;
  }

  private static boolean isOf(JsonNode binding, String namespace, String account) {
    for (JsonNode subject : binding.path("subjects")) {
      if (subject.path("kind").asText().equals("ServiceAccount")
          && subject.path("namespace").asText().equals(namespace)
          && subject.path("name").asText().equals(account)) {
        return true;
      }
    }
    return false;
  }

  private static void addRules(JsonNode rules, Set<String> granted) {
    for (JsonNode rule : rules) {
      for (JsonNode group : rule.path("apiGroups")) {
        for (JsonNode resource : rule.path("resources")) {
          for (JsonNode verb : rule.path("verbs")) {
            granted.add(verb.asText() + " " + group.asText() + "/" + resource.asText());
          }
        }
      }
    }
  }

  /** What ServiceAccounts have tried to do so far, with or without success. */
  public static Set<String> asked(ControlPlane cluster) throws IOException {
    Set<String> asked = new TreeSet<>();
    for (JsonNode request : cluster.asked()) {
      JsonNode object = request.path("objectRef");
      String subresource = object.path("subresource").asText();
      asked.add(request.path("verb").asText() + " " + object.path("apiGroup").asText() + "/"
          + object.path("resource").asText()
          + (subresource.isEmpty() ? "" : "/" + subresource));
    }
    return asked;
  }

  /** Whether a right changes nothing at the API server. */
  public static boolean reads(String right) {
    return right.startsWith("list ") || right.startsWith("watch ") || right.startsWith("get ");
  }
}
