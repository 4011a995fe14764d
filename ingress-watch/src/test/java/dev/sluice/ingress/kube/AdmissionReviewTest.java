package dev.sluice.ingress.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.ingress.ClassRules;
import dev.sluice.ingress.ControllerFlags;
import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.manifest.ManifestReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdmissionReviewTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<Declaration> THERE = declared("""
      {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}
      ---
      {apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: nginx}, spec: {controller: k8s.io/ingress-nginx}}
      ---
      {apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: other}, spec: {controller: a/b}}
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: holder, creationTimestamp: '2026-01-01T00:00:00Z'}
      spec: {ingressClassName: nginx, rules: [{host: held.test, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}]}
      """);

  private static List<Declaration> declared(String yaml) {
    ManifestReader reader = new ManifestReader();
    reader.readFile("test.yaml", yaml);
    assertThat(reader.problems()).isEmpty();
    return List.copyOf(reader.declared());
  }

  private static JsonNode ask(String operation, String object) throws IOException {
    return ask(operation, object, true);
  }

  private static JsonNode ask(String operation, String object, boolean denies) throws IOException {
    String question =
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":"
            + "{\"uid\":\"u-1\",\"operation\":\"" + operation + "\",\"object\":" + object + "}}";
    byte[] answer = AdmissionReview.answer(
        question.getBytes(StandardCharsets.UTF_8),
        THERE,
        ClassRules.DEFAULT,
        ControllerFlags.DEFAULT,
        denies);
    JsonNode review = JSON.readTree(answer);
    assertThat(review.path("kind").asText()).isEqualTo("AdmissionReview");
    assertThat(review.at("/response/uid").asText()).isEqualTo("u-1");
    return review.path("response");
  }

  private static String ingress(String className, String host, String key, String value) {
    return """
        {"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"new","namespace":"default",
         "annotations":{"nginx.ingress.kubernetes.io/%s":"%s"}},
         "spec":{"ingressClassName":"%s","rules":[{"host":"%s","http":{"paths":[{"path":"/","pathType":"Prefix",
         "backend":{"service":{"name":"a","port":{"number":80}}}}]}}]}}""".formatted(key, value, className, host);
  }

  @Test
  void allowsWhatIsHonoured() throws IOException {
    JsonNode answer = ask("CREATE", ingress("nginx", "new.test", "ssl-redirect", "false"));
    assertThat(answer.path("allowed").asBoolean()).isTrue();
    assertThat(answer.has("warnings")).isFalse();
  }

  @Test
  void deniesWhatWouldBeRefusedAndSaysWhy() throws IOException {
    JsonNode answer = ask("UPDATE", ingress("nginx", "new.test", "auth-type", "kerberos"));
    assertThat(answer.path("allowed").asBoolean()).isFalse();
    assertThat(answer.at("/status/message").asText())
        .isEqualTo(
            "sluice: metadata.annotations.nginx.ingress.kubernetes.io/auth-type: \"kerberos\" (expected: basic or digest);"
                + " the paths of this Ingress answer 503");
  }

  @Test
  void warnsOfWhatWouldBeRefusedWhereNothingShallBeDenied() throws IOException {
    JsonNode answer = ask("CREATE", ingress("nginx", "new.test", "limit-rps", "eleven"), false);
    assertThat(answer.path("allowed").asBoolean()).isTrue();
    assertThat(answer.has("status")).isFalse();
    assertThat(answer.path("warnings").toString())
        .contains("limit-rps")
        .contains("the paths of this Ingress answer 503");
  }

  @Test
  void deniesAPathThatAnotherIngressHoldsAndNotItself() throws IOException {
    JsonNode answer = ask("CREATE", ingress("nginx", "held.test", "ssl-redirect", "true"));
    assertThat(answer.at("/status/message").asText()).contains("is held by Ingress default/holder");
    String itself =
        ingress("nginx", "held.test", "ssl-redirect", "true").replace("\"new\"", "\"holder\"");
    assertThat(ask("UPDATE", itself).path("allowed").asBoolean()).isTrue();
  }

  @Test
  void warnsOfWhatDiffersAndOfWhatIsNotThereYet() throws IOException {
    JsonNode answer = ask(
        "CREATE",
        ingress("nginx", "new.test", "proxy-buffering", "on").replace("\"a\"", "\"later\""));
    assertThat(answer.path("allowed").asBoolean()).isTrue();
    assertThat(answer.path("warnings")).hasSize(2);
    assertThat(answer.path("warnings").toString())
        .contains("proxy-buffering")
        .contains("Service default/later does not exist");
  }

  @Test
  void leavesAllElseAlone() throws IOException {
    assertThat(ask("CREATE", ingress("other", "new.test", "auth-type", "kerberos"))
            .path("allowed")
            .asBoolean())
        .isTrue();
    String foreign =
        ingress("other", "new.test", "a", "b").replace("\"path\":\"/\"", "\"path\":\"//\"");
    assertThat(ask("CREATE", foreign).path("allowed").asBoolean()).isTrue();
    assertThat(ask("CREATE", foreign.replace("\"other\"", "\"nginx\""))
            .path("allowed")
            .asBoolean())
        .isFalse();
    assertThat(ask("DELETE", "null").path("allowed").asBoolean()).isTrue();
    assertThat(ask("CREATE", "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}")
            .path("allowed")
            .asBoolean())
        .isTrue();
  }

  @Test
  void deniesObjectsOfOurOwnThatAreNone() throws IOException {
    JsonNode answer = ask(
        "CREATE",
        "{\"apiVersion\":\"sluice.dev/v1alpha1\",\"kind\":\"ModelRoute\",\"metadata\":{\"name\":\"m\"},\"spec\":{\"models\":5}}");
    assertThat(answer.path("allowed").asBoolean()).isFalse();
    assertThat(answer.at("/status/message").asText()).contains("spec.models");
  }

  @Test
  void refusesWhatIsNoQuestion() {
    for (String body : new String[] {"", "{", "[]", "{\"kind\":\"AdmissionReview\"}", "null"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> AdmissionReview.answer(
              body.getBytes(StandardCharsets.UTF_8),
              THERE,
              ClassRules.DEFAULT,
              ControllerFlags.DEFAULT,
              true));
    }
  }
}
