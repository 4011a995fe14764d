package dev.sluice.quota;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

@AnalyzeClasses(packages = "dev.sluice.quota", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  /** What is allowed to act; all else decides and counts, the value types among it. */
  private static final String EDGE =
      ".*\\.(TenantQuota|JournalOutage|LeaseAgent|AgentDirectory|NodeLeases|Quota|QuotaSettings|Inbox)(\\$.*)?";

  @ArchTest
  static final ArchRule importsOnlyClusterStateOfOurs = classes()
      .should()
      .onlyDependOnClassesThat(resideInAnyPackage("dev.sluice.quota..", "dev.sluice.state..")
          .or(not(resideInAPackage("dev.sluice.."))));

  @ArchTest
  static final ArchRule arithmeticAndDecisionsKnowNoActorThreadOrSetting = noClasses()
      .that()
      .haveNameNotMatching(EDGE)
      .should()
      .dependOnClassesThat(resideInAnyPackage(
              "akka..", "scala..", "java.util.concurrent..", "com.typesafe.config..", "org.slf4j..")
          .or(assignableTo(Thread.class)));

  @ArchTest
  static final ArchRule arithmeticAndDecisionsAreToldWhatTimeItIs = noClasses()
      .that()
      .haveNameNotMatching(EDGE)
      .should()
      .dependOnClassesThat(assignableTo(Clock.class))
      .orShould()
      .callMethod(Instant.class, "now")
      .orShould()
      .callMethod(System.class, "nanoTime")
      .orShould()
      .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule nobodyAsksTheWallClock = noClasses()
      .should()
      .callMethod(Instant.class, "now")
      .orShould()
      .callMethod(System.class, "currentTimeMillis")
      .orShould()
      .dependOnClassesThat(assignableTo(Clock.class));

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.sluice.(**)").should().beFreeOfCycles();
}
