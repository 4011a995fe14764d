package dev.sluice;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** Who may know whom inside the process. Each rule lists all of our packages that the named one may use. */
@AnalyzeClasses(packages = "dev.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String WIRE = "dev.sluice.wire";
  private static final String EDGE = "dev.sluice.edge";
  private static final String UPSTREAM = "dev.sluice.upstream";
  private static final String PROXY = "dev.sluice.proxy";
  /** What callers and providers say, a package each. */
  private static final DescribedPredicate<JavaClass> DIALECTS = resideInAPackage(
          "dev.sluice.model.*..")
      .and(not(resideInAnyPackage(
          "dev.sluice.model.gate..", "dev.sluice.model.health..", "dev.sluice.model.route..")))
      .as("dialects");

  private static final String MODEL = "dev.sluice.model";
  private static final String HEALTH = "dev.sluice.model.health";
  private static final String TARGETS = "dev.sluice.model.route";
  private static final String ADMIN = "dev.sluice.admin";
  private static final String CLI = "dev.sluice.node.cli";
  private static final String STATE = "dev.sluice.state";
  private static final String ROUTES = "dev.sluice.ingress";
  private static final String DOCUMENTS = "dev.sluice.ingress.manifest";
  private static final String QUOTA = "dev.sluice.quota";
  private static final String USAGE = "dev.sluice.usage";
  private static final String IDENTITY = "dev.sluice.identity";
  private static final String TENANCY = "dev.sluice.tenancy";

  /** All that runs on a worker's one thread. */
  private static final String[] WORKER = {WIRE, EDGE, UPSTREAM, PROXY, MODEL, TARGETS};

  private static ArchRule usesOfOursOnly(String of, String... allowed) {
    return classes()
        .that()
        .resideInAPackage(of)
        .should()
        .onlyDependOnClassesThat(not(resideInAPackage("dev.sluice.."))
            .or(resideInAPackage(of))
            .or(resideInAnyPackage(allowed)));
  }

  @ArchTest
  static final ArchRule wireKnowsNobody = usesOfOursOnly(WIRE);

  @ArchTest
  static final ArchRule edgeKnowsTheWire = usesOfOursOnly(EDGE, WIRE, STATE);

  @ArchTest
  static final ArchRule upstreamKnowsTheWire = usesOfOursOnly(UPSTREAM, WIRE, STATE);

  @ArchTest
  static final ArchRule proxyKnowsRoutesAndBothSides =
      usesOfOursOnly(PROXY, WIRE, EDGE, UPSTREAM, ROUTES, STATE);

  @ArchTest
  static final ArchRule modelsKnowTheProxyAndQuotas = usesOfOursOnly(
      MODEL, "dev.sluice.model.*..", PROXY, WIRE, EDGE, UPSTREAM, ROUTES, QUOTA, IDENTITY, STATE);

  @ArchTest
  static final ArchRule healthKnowsNoRequest = usesOfOursOnly(HEALTH, STATE);

  @ArchTest
  static final ArchRule gatesKnowNoRequest = usesOfOursOnly("dev.sluice.model.gate", ROUTES, STATE);

  @ArchTest
  static final ArchRule theChoiceOfTargetsKnowsRoutesAndHealth =
      usesOfOursOnly(TARGETS, ROUTES, HEALTH);

  @ArchTest
  static final ArchRule dialectsMeetOnlyInWhatIsSaid = classes()
      .that(DIALECTS)
      .should()
      .onlyDependOnClassesThat(not(resideInAPackage("dev.sluice..")).or(DIALECTS));

  @ArchTest
  static final ArchRule identitiesKnowOnlyTheirSettings = usesOfOursOnly(IDENTITY, ROUTES, STATE);

  @ArchTest
  static final ArchRule alertsKnowQuotasOnly = usesOfOursOnly("dev.sluice.alert", QUOTA, STATE);

  @ArchTest
  static final ArchRule tenancyKnowsNoRequest =
      usesOfOursOnly(TENANCY, ROUTES, DOCUMENTS, QUOTA, STATE);

  @ArchTest
  static final ArchRule theAdminApiKnowsOnlyWhatItIsGiven =
      usesOfOursOnly(ADMIN, WIRE, ROUTES, DOCUMENTS, TENANCY, USAGE, STATE);

  @ArchTest
  static final ArchRule nobodyKnowsTheProcess = noClasses()
      .that()
      .resideOutsideOfPackage("dev.sluice.node..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage("dev.sluice.node..");

  @ArchTest
  static final ArchRule onlyTheCommandLineKnowsItsToolsAndTheDatabaseInside = noClasses()
      .that()
      .resideOutsideOfPackage(CLI)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("picocli..", "io.zonky..");

  @ArchTest
  static final ArchRule theProcessStartsWithoutItsCommandLine = noClasses()
      .that()
      .resideInAPackage("dev.sluice.node")
      .should()
      .dependOnClassesThat()
      .resideInAPackage(CLI);

  @ArchTest
  static final ArchRule noPackageIsPartOfACycle =
      SlicesRuleDefinition.slices().matching("dev.sluice.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyTheEdgeKnowsActors = noClasses()
      .that()
      .resideInAnyPackage(UPSTREAM, PROXY, MODEL, TARGETS)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("akka.actor..", "akka.io..", "akka.stream..", "akka.http..");

  @ArchTest
  static final ArchRule nothingOnAWorkerSleeps = noClasses()
      .that()
      .resideInAnyPackage(WORKER)
      .should()
      .callMethod(Thread.class, "sleep", long.class);

  @ArchTest
  static final ArchRule nothingOnAWorkerAwaitsAFuture = noClasses()
      .that()
      .resideInAnyPackage(WORKER)
      .should()
      .callMethod(CompletableFuture.class, "join")
      .orShould()
      .callMethod(CompletableFuture.class, "get")
      .orShould()
      .callMethod(Future.class, "get");

  @ArchTest
  static final ArchRule namesSayWhatAThingIs = noClasses()
      .should()
      .haveSimpleNameEndingWith("Manager")
      .orShould()
      .haveSimpleNameEndingWith("Helper")
      .orShould()
      .haveSimpleNameEndingWith("Util")
      .orShould()
      .haveSimpleNameEndingWith("Utils")
      .orShould()
      .haveSimpleNameEndingWith("Impl")
      .orShould()
      .haveSimpleNameEndingWith("Base");
}
