package dev.sluice.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.chaos.fault.ControlPlane;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/** What may be done at an API server, and what was tried: {@code list networking.k8s.io/ingresses} and so on. */
public final class Rights {
  private Rights() {}

  /** What this role of the whole cluster lets its holders do. */
  public static Set<String> granted(ControlPlane cluster, String role)
      throws IOException, InterruptedException {
    Set<String> granted = new TreeSet<>();
    String path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/" + role;
    for (JsonNode rule : cluster.api().get(path).path("rules")) {
      for (JsonNode group : rule.path("apiGroups")) {
        for (JsonNode resource : rule.path("resources")) {
          for (JsonNode verb : rule.path("verbs")) {
            granted.add(verb.asText() + " " + group.asText() + "/" + resource.asText());
          }
        }
      }
    }
    return granted;
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
