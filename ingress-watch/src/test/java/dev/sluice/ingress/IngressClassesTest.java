package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.ClassRules.WithoutClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The order is ingress-nginx's: the class in the spec, the annotation, the flag. */
class IngressClassesTest {
  private static final String CONTROLLER = "k8s.io/ingress-nginx";

  private final List<Declaration> declared = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private String namespaces = "";
  private boolean byName;
  private WithoutClass withoutClass = WithoutClass.IGNORED;

  private void classes(String name, String controller, boolean isDefault, String created) {
    ObjectKey key = new ObjectKey("IngressClass", "", name);
    declared.add(
        new DeclaredIngressClass(key, DeclaredAt.API_SERVER, created, controller, isDefault));
  }

  private boolean isServed(String className, String annotation) {
    DeclaredIngress ingress = new DeclaredIngress(
        new ObjectKey("Ingress", "shop", "cart"),
        DeclaredAt.API_SERVER,
        "",
        annotation == null ? Map.of() : Map.of("kubernetes.io/ingress.class", annotation),
        className,
        null,
        List.of(),
        List.of());
    List<Declaration> all = new ArrayList<>(declared);
    all.add(ingress);
    ClassRules rules =
        new ClassRules(CONTROLLER, "nginx", byName, withoutClass, LabelSelector.parse(namespaces));
    return IngressClasses.ours(all, rules, problems).contains(ingress);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
          public | -      | true
          -      | nginx  | true
          theirs | -      | false
          theirs | nginx  | false
          public | theirs | true
          -      | theirs | false
          -      | -      | false
          -      | public | false
          """)
  void asksTheClassInTheSpecFirstAndTheAnnotationOnlyWithoutOne(
      String className, String annotation, boolean served) {
    classes("public", CONTROLLER, false, "");
    classes("theirs", "example.com/other", false, "");
    assertThat(isServed(className, annotation)).isEqualTo(served);
  }

  @Test
  void servesAClassOfOurNameWhateverItsControllerIfToldSo() {
    classes("nginx", "example.com/other", false, "");
    assertThat(isServed("nginx", null)).isFalse();
    byName = true;
    assertThat(isServed("nginx", null)).isTrue();
  }

  @Test
  void servesIngressesWithoutClassIfToldSoAndNoOthersOnThatAccount() {
    withoutClass = WithoutClass.SERVED;
    assertThat(isServed(null, null)).isTrue();
    assertThat(isServed(null, "")).isTrue();
    assertThat(isServed(null, "theirs")).isFalse();
  }

  @Test
  void tellsOfAClassThatIsNotThereAndNamesThoseThatAre() {
    classes("public", CONTROLLER, false, "");
    assertThat(isServed("pubic", null)).isFalse();
    assertThat(problems).singleElement().satisfies(problem -> {
      assertThat(problem.object()).isEqualTo("Ingress shop/cart");
      assertThat(problem.field()).isEqualTo("spec.ingressClassName");
      assertThat(problem.what()).contains("pubic");
      assertThat(problem.expected()).contains("public");
    });
  }

  @Test
  void servesAFolderWithoutClassesAsIfThereWereOne() {
    withoutClass = WithoutClass.AS_ADMITTED;
    assertThat(isServed(null, null)).isTrue();
    assertThat(isServed("nginx", null)).isTrue();
    assertThat(isServed("theirs", null)).isFalse();
  }

  @Test
  void givesOutTheNewestDefaultClassWhereNoApiServerDoes() {
    withoutClass = WithoutClass.AS_ADMITTED;
    classes("theirs", "example.com/other", true, "2026-01-01T00:00:00Z");
    assertThat(isServed(null, null)).isFalse();
    classes("public", CONTROLLER, true, "2026-01-02T00:00:00Z");
    assertThat(isServed(null, null)).isTrue();
    classes("later", "example.com/other", true, "2026-01-03T00:00:00Z");
    assertThat(isServed(null, null)).isFalse();
  }

  private void namespace(String name, Map<String, String> labels) {
    declared.add(
        new DeclaredNamespace(new ObjectKey("Namespace", "", name), DeclaredAt.API_SERVER, labels));
  }

  @Test
  void servesOnlyNamespacesWithTheLabelsThatAreAskedFor() {
    classes("public", CONTROLLER, false, "");
    namespace("shop", Map.of("team", "shop"));
    assertThat(isServed("public", null)).isTrue();
    namespaces = "team=shop";
    assertThat(isServed("public", null)).isTrue();
    namespaces = "team=web";
    assertThat(isServed("public", null)).isFalse();
    assertThat(problems).isEmpty();
  }

  @Test
  void aNamespaceThatIsNotKnownHasNoLabels() {
    classes("public", CONTROLLER, false, "");
    namespaces = "!team";
    assertThat(isServed("public", null)).isFalse();
    namespace("shop", Map.of());
    assertThat(isServed("public", null)).isTrue();
  }
}
