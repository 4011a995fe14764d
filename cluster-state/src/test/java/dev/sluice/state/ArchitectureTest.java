package dev.sluice.state;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule importsNothingOfOurs = classes()
      .should()
      .onlyDependOnClassesThat(
          resideInAPackage("dev.sluice.state..").or(not(resideInAPackage("dev.sluice.."))));

  @ArchTest
  static final ArchRule settingsAndSchemaKnowNoActors = noClasses()
      .that()
      .haveNameMatching(".*\\.(Section|DatabaseUrl|Schema|ClusterSettings)(\\$.*)?")
      .should()
      .dependOnClassesThat(resideInAnyPackage("akka.."));

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.sluice.(**)").should().beFreeOfCycles();
}
