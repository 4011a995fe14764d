package dev.sluice.ingress.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.Admission;
import dev.sluice.ingress.ClassRules;
import dev.sluice.ingress.ControllerFlags;
import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.DeclaredIngress;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Problem;
import dev.sluice.ingress.manifest.ManifestReader;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The question of an API server whether an object may be stored (AdmissionReview, admission.k8s.io/v1), and its answer. An
 * Ingress that would be refused is denied; what only differs, or waits for another object, is warned of. Objects of our
 * own kinds are denied if they can't be read. All else is allowed. Who only observes denies nothing, and warns instead.
 */
public final class AdmissionReview {
  private static final String VERSION = "admission.k8s.io/v1";
  private static final int MOST_MESSAGE_CHARS = 4_000;
  private static final int MOST_WARNINGS = 20;
  /** Longer ones are cut by clients. */
  private static final int MOST_WARNING_CHARS = 250;

  private static final ObjectMapper JSON = new ObjectMapper();

  private AdmissionReview() {}

  /**
   * Answers.
   *
   * @param declared all that is there
   * @param denies whether what would be refused is denied; it is warned of if not
   * @throws IllegalArgumentException if it is no such question
   */
  public static byte[] answer(
      byte[] question,
      Collection<? extends Declaration> declared,
      ClassRules rules,
      ControllerFlags flags,
      boolean denies) {
    try {
      JsonNode review = JSON.readTree(question);
      JsonNode request = review.path("request");
      if (!review.path("apiVersion").asText().equals(VERSION)
          || !review.path("kind").asText().equals("AdmissionReview")
          || request.path("uid").asText().isEmpty()) {
        throw new IllegalArgumentException("no AdmissionReview of " + VERSION);
      }
      Admission judged = admission(request, declared, rules, flags);
      Admission admission = denies ? judged : judged.onlyTold();
      return JSON.writeValueAsBytes(answer(request.path("uid").asText(), admission));
    } catch (IOException e) {
      throw new IllegalArgumentException("no JSON: " + e.getMessage(), e);
    }
  }

  private static Admission admission(
      JsonNode request,
      Collection<? extends Declaration> declared,
      ClassRules rules,
      ControllerFlags flags) {
    String operation = request.path("operation").asText();
    JsonNode object = request.path("object");
    String version = object.path("apiVersion").asText();
    boolean isIngress =
        version.equals("networking.k8s.io/v1") && object.path("kind").asText().equals("Ingress");
    boolean isOurKind = version.startsWith("sluice.dev/");
    boolean writes = operation.equals("CREATE") || operation.equals("UPDATE");
    if (!writes || !isIngress && !isOurKind) {
      return Admission.GRANTED;
    }
    ManifestReader reader = new ManifestReader();
    Declaration read = reader.readObject(object, DeclaredAt.API_SERVER);
    if (read instanceof DeclaredIngress ingress) {
      return Admission.of(declared, ingress, rules, flags);
    }
    return read != null || isIngress && !isOurs(object, declared, rules)
        ? Admission.GRANTED
        : new Admission(List.copyOf(reader.problems()), List.of());
  }

  private static boolean isOurs(
      JsonNode object, Collection<? extends Declaration> declared, ClassRules rules) {
    JsonNode metadata = object.path("metadata");
    Map<String, String> annotations = new TreeMap<>();
    metadata
        .path("annotations")
        .properties()
        .forEach(entry -> annotations.put(entry.getKey(), entry.getValue().asText()));
    JsonNode named = object.path("spec").path("ingressClassName");
    return Admission.isOurs(
        declared,
        new ObjectKey(
            "Ingress",
            metadata.path("namespace").asText(),
            metadata.path("name").asText()),
        annotations,
        named.isTextual() ? named.asText() : null,
        rules);
  }

  private static ObjectNode answer(String uid, Admission admission) {
    ObjectNode review = JsonNodeFactory.instance.objectNode();
    review.put("apiVersion", VERSION).put("kind", "AdmissionReview");
    ObjectNode response = review.putObject("response");
    response.put("uid", uid).put("allowed", admission.refused().isEmpty());
    if (!admission.refused().isEmpty()) {
      response
          .putObject("status")
          .put("code", 422)
          .put("reason", "Invalid")
          .put("message", message(admission.refused()));
    }
    if (!admission.told().isEmpty()) {
      ArrayNode warnings = response.putArray("warnings");
      admission.told().stream()
          .limit(MOST_WARNINGS)
          .forEach(problem -> warnings.add(shortened(words(problem), MOST_WARNING_CHARS)));
    }
    return review;
  }

  private static String message(List<Problem> refused) {
    List<String> lines = refused.stream().map(AdmissionReview::words).toList();
    return shortened("sluice: " + String.join("; and ", lines), MOST_MESSAGE_CHARS);
  }

  /** The object itself is named by whoever stores it. */
  private static String words(Problem problem) {
    return new Problem(
            "", "", problem.field(), problem.what(), problem.expected(), problem.effect())
        .toString();
  }

  private static String shortened(String text, int most) {
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= most ? line : line.substring(0, most - 1) + "…";
  }
}
