package dev.sluice.ingress.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads objects of every kind that the gateway knows, from files or from the API server's JSON. */
public final class ManifestReader {
  private interface Kind {
    Declaration read(ObjectKey key, DeclaredAt at, Value object);
  }

  private static final Map<String, Kind> KINDS = Map.ofEntries(
      Map.entry("networking.k8s.io/v1 Ingress", KubernetesKinds::ingress),
      Map.entry("networking.k8s.io/v1 IngressClass", KubernetesKinds::ingressClass),
      Map.entry("v1 Service", KubernetesKinds::service),
      Map.entry("v1 Secret", KubernetesKinds::secret),
      Map.entry("v1 ConfigMap", KubernetesKinds::configMap),
      Map.entry("v1 Namespace", KubernetesKinds::namespace),
      Map.entry("discovery.k8s.io/v1 EndpointSlice", KubernetesKinds::endpoints),
      Map.entry(
          "gateway.networking.k8s.io/v1beta1 ReferenceGrant", KubernetesKinds::referenceGrant),
      Map.entry("gateway.networking.k8s.io/v1 ReferenceGrant", KubernetesKinds::referenceGrant),
      Map.entry("sluice.dev/v1alpha1 ModelProvider", SluiceKinds::provider),
      Map.entry("sluice.dev/v1alpha1 ModelRoute", ModelRouteKind::read),
      Map.entry("sluice.dev/v1alpha1 Tenant", SluiceKinds::tenant));

  /** Groups in which an unknown kind or version is more likely a slip than somebody else's object. */
  private static final Set<String> OUR_GROUPS =
      Set.of("networking.k8s.io", "discovery.k8s.io", "sluice.dev", "extensions");

  private final List<Declaration> declared = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  /** What was read so far, in order. */
  public List<Declaration> declared() {
    return declared;
  }

  public List<Problem> problems() {
    return problems;
  }

  /**
   * Reads all objects of a file.
   *
   * @param file its name, for messages
   */
  public void readFile(String file, String text) {
    YamlDocuments documents = YamlDocuments.read(file, text);
    problems.addAll(documents.problems());
    for (YamlDocuments.Document document : documents.documents()) {
      read(document.root(), document.at(), "");
    }
  }

  private void read(JsonNode root, DeclaredAt at, String path) {
    if (!root.isObject()) {
      problems.add(new Problem(
          at.place(path),
          "",
          path,
          "not an object",
          "a mapping with apiVersion, kind and metadata",
          "it is left out"));
      return;
    }
    String kind = root.path("kind").asText("");
    if (kind.endsWith("List") && root.path("items").isArray()) {
      for (int i = 0; i < root.path("items").size(); i++) {
        read(root.path("items").get(i), at.inside("items[" + i + "]"), "");
      }
      return;
    }
    Declaration one = readObject(root, at);
    if (one != null) {
      declared.add(one);
    }
  }

  /** Reads one object; null if it is none of ours, or refused, in which case the problems say why. */
  public @Nullable Declaration readObject(JsonNode root, DeclaredAt at) {
    String apiVersion = root.path("apiVersion").asText("");
    String kindName = root.path("kind").asText("");
    String namespace = root.path("metadata").path("namespace").asText("");
    String name = root.path("metadata").path("name").asText("");
    ObjectKey key = new ObjectKey(kindName, namespace.isEmpty() ? "default" : namespace, name);
    String shown = kindName.isEmpty() ? "" : name.isEmpty() ? kindName : key.toString();
    ProblemsOfObject found = new ProblemsOfObject(at, shown);
    Value object = new Value(root, found);
    Kind kind = KINDS.get(apiVersion + " " + kindName);
    Declaration read = null;
    if (apiVersion.isEmpty() || kindName.isEmpty()) {
      object.field("apiVersion").requiredText();
      object.field("kind").requiredText();
    } else if (kind == null) {
      noteUnknownKind(apiVersion, kindName, found);
    } else {
      Value metadata = object.field("metadata");
      metadata
          .field("name")
          .requiredText(Names::isSubdomain, "a name of lower-case letters, digits, '-' and '.'");
      metadata
          .field("namespace")
          .text(Names::isLabel, "a name of lower-case letters, digits and '-'");
      read = kind.read(key, at, object);
    }
    problems.addAll(found.found());
    return found.none() ? read : null;
  }

  private static void noteUnknownKind(String apiVersion, String kind, ProblemsOfObject found) {
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    if (!group.isEmpty() && !OUR_GROUPS.contains(group)) {
      return;
    }
    for (String known : KINDS.keySet()) {
      if (known.endsWith(" " + kind)) {
        found.add("apiVersion", '"' + apiVersion + '"', known.substring(0, known.indexOf(' ')));
        return;
      }
    }
    if (!group.isEmpty() && !kind.equals("NetworkPolicy")) {
      List<String> kinds = KINDS.keySet().stream()
          .filter(known -> known.startsWith(apiVersion + " "))
          .map(known -> known.substring(known.indexOf(' ') + 1))
          .sorted()
          .toList();
      found.add(
          "kind",
          '"' + kind + '"',
          kinds.isEmpty() ? "a kind of another apiVersion" : String.join(", ", kinds));
    }
  }
}
