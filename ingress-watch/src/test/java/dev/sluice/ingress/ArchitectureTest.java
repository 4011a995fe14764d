package dev.sluice.ingress;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.sluice.ingress",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String PURE = "dev.sluice.ingress";
  private static final String MANIFEST = "dev.sluice.ingress.manifest";
  private static final String KUBE = "dev.sluice.ingress.kube";

  @ArchTest
  static final ArchRule decidesWithoutActorsClientsFilesOrClock = noClasses()
      .that()
      .resideInAnyPackage(PURE, MANIFEST)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage(
          "akka..",
          "io.fabric8..",
          "com.typesafe.config..",
          "org.slf4j..",
          "java.nio.file..",
          "java.nio.channels..",
          "java.net.http..",
          "java.util.concurrent..")
      .orShould()
      .dependOnClassesThat()
      .haveNameMatching(
          "java\\.io\\.(File.*|RandomAccessFile)|java\\.net\\..*Socket.*|java\\.time\\.(Clock|Instant)|java\\.lang\\.Thread");

  @ArchTest
  static final ArchRule meetsAkkaAndTheKubernetesClientInOnePackage = noClasses()
      .that()
      .resideOutsideOfPackage(KUBE)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("akka..", "io.fabric8..");

  @ArchTest
  static final ArchRule knowsManifestsOnlyWhereTheyAreRead = classes()
      .that()
      .resideInAPackage(MANIFEST)
      .should()
      .onlyBeAccessed()
      .byAnyPackage(MANIFEST, KUBE);

  @ArchTest
  static final ArchRule declaresWithoutKnowingTrees = noClasses()
      .that()
      .resideInAPackage(PURE)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage(MANIFEST, KUBE, "com.fasterxml..", "org.snakeyaml..");

  @ArchTest
  static final ArchRule hasNoCycles =
      slices().matching("dev.sluice.(**)").should().beFreeOfCycles();
}
