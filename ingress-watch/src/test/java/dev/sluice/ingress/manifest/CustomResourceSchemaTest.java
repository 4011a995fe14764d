package dev.sluice.ingress.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.sluice.ingress.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The schemas that an API server checks our kinds by say the same as the reader, which is all that a folder has. Unknown
 * fields count as refused, as kubectl does by default; what only CEL rules or list types check is listed apart.
 */
class CustomResourceSchemaTest {
  private static final Path SCHEMAS = Path.of("..", "deploy", "crds");
  private static final Map<String, String> PLURALS =
      Map.of("ModelProvider", "modelproviders", "ModelRoute", "modelroutes", "Tenant", "tenants");

  @ParameterizedTest
  @MethodSource("dev.sluice.ingress.manifest.CustomResourceSamples#good")
  void takesWhatTheReaderTakes(CustomResourceSamples.Sample sample) throws IOException {
    assertThat(problems(sample)).isEmpty();
    assertThat(schemaErrors(sample)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.ingress.manifest.CustomResourceSamples#bad")
  void refusesWhatTheReaderRefuses(CustomResourceSamples.Sample sample) throws IOException {
    assertThat(problems(sample)).hasSize(1);
    assertThat(problems(sample).get(0).field()).isEqualTo(sample.field());
    assertThat(schemaErrors(sample)).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.ingress.manifest.CustomResourceSamples#badToCelAlone")
  void leavesToItsRulesWhatNoSchemaCanSay(CustomResourceSamples.Sample sample) throws IOException {
    assertThat(problems(sample)).hasSize(1);
    assertThat(problems(sample).get(0).field()).isEqualTo(sample.field());
    assertThat(schemaErrors(sample)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.ingress.manifest.CustomResourceSamples#badToTheReaderAlone")
  void leavesFieldsWithoutAValueToTheReader(CustomResourceSamples.Sample sample) {
    assertThat(problems(sample)).hasSize(1);
    assertThat(problems(sample).get(0).field()).isEqualTo(sample.field());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ModelProvider", "ModelRoute", "Tenant"})
  void isNamedAndServedAsTheReaderKnowsIt(String kind) throws IOException {
    JsonNode crd = crd(kind);
    assertThat(crd.at("/metadata/name").asText()).isEqualTo(PLURALS.get(kind) + ".sluice.dev");
    assertThat(crd.at("/spec/group").asText()).isEqualTo("sluice.dev");
    assertThat(crd.at("/spec/scope").asText()).isEqualTo("Namespaced");
    assertThat(crd.at("/spec/names/kind").asText()).isEqualTo(kind);
    assertThat(crd.at("/spec/names/plural").asText()).isEqualTo(PLURALS.get(kind));
    assertThat(crd.at("/spec/versions/0/name").asText()).isEqualTo("v1alpha1");
    assertThat(crd.at("/spec/versions/0/subresources/status").isObject()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ModelProvider", "ModelRoute", "Tenant"})
  void describesEachFieldThatPeopleSet(String kind) throws IOException {
    List<String> silent = new ArrayList<>();
    collectUndescribed(schema(kind).at("/properties/spec"), "spec", silent);
    assertThat(silent).isEmpty();
  }

  @Test
  void hasASchemaForEachOfOurKinds() throws IOException {
    try (var files = Files.list(SCHEMAS)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(PLURALS.values().stream()
              .map(plural -> plural + ".sluice.dev.yaml")
              .toList());
    }
  }

  private static List<Problem> problems(CustomResourceSamples.Sample sample) {
    ManifestReader reader = new ManifestReader();
    reader.readFile("sample.yaml", sample.manifest());
    assertThat(reader.declared()).hasSize(reader.problems().isEmpty() ? 1 : 0);
    return reader.problems();
  }

  private static List<String> schemaErrors(CustomResourceSamples.Sample sample) throws IOException {
    JsonNode schema = schema(sample.kind());
    forbidUnknownFields(schema);
    Schema judge =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
    JsonNode object =
        YamlDocuments.read("sample.yaml", sample.manifest()).documents().get(0).root();
    return judge.validate(object).stream().map(Object::toString).toList();
  }

  private static JsonNode schema(String kind) throws IOException {
    return crd(kind).at("/spec/versions/0/schema/openAPIV3Schema");
  }

  private static JsonNode crd(String kind) throws IOException {
    Path file = SCHEMAS.resolve(PLURALS.get(kind) + ".sluice.dev.yaml");
    return YamlDocuments.read(file.toString(), Files.readString(file))
        .documents()
        .get(0)
        .root();
  }

  private static void forbidUnknownFields(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && object.path("properties").isObject()
        && !object.has("x-kubernetes-preserve-unknown-fields")) {
      object.put("additionalProperties", false);
    }
    for (JsonNode inner : schema) {
      forbidUnknownFields(inner);
    }
  }

  private static void collectUndescribed(JsonNode schema, String path, List<String> silent) {
    if (!path.endsWith("[]") && schema.path("description").asText("").isEmpty()) {
      silent.add(path);
    }
    for (Iterator<String> names = schema.path("properties").fieldNames(); names.hasNext(); ) {
      String name = names.next();
      collectUndescribed(schema.path("properties").path(name), path + "." + name, silent);
    }
    if (schema.has("items")) {
      collectUndescribed(schema.path("items"), path + "[]", silent);
    }
  }
}
