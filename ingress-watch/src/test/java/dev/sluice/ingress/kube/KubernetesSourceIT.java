package dev.sluice.ingress.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import akka.actor.ActorSystem;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.SinkQueueWithCancel;
import akka.testkit.javadsl.TestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.sluice.ingress.Declaration;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real API server does too, but rarely when asked: see {@code KubernetesIT} for the rest. */
class KubernetesSourceIT {
  private static ActorSystem system;

  @TempDir
  private Path folder;

  private ScriptedApiServer server;
  private ApiServer api;
  private SinkQueueWithCancel<Listing> listings;

  @BeforeAll
  static void startSystem() {
    system = ActorSystem.create("kubernetes");
  }

  @AfterAll
  static void stopSystem() {
    TestKit.shutdownActorSystem(system);
  }

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedApiServer();
  }

  @AfterEach
  void stop() {
    if (listings != null) {
      listings.cancel();
      api.close();
    }
    server.close();
  }

  private static KubernetesSettings settings(String kubeconfig) {
    Config own = ConfigFactory.parseMap(Map.of(
        "sluice.ingress.kubernetes.kubeconfig", kubeconfig,
        "sluice.ingress.kubernetes.pause", "10 ms",
        "sluice.ingress.kubernetes.backoff-least", "10 ms",
        "sluice.ingress.kubernetes.backoff-most", "50 ms",
        "sluice.ingress.kubernetes.missing-retry", "50 ms"));
    return KubernetesSettings.from(
        own.withFallback(ConfigFactory.defaultReference()).resolve());
  }

  private void watch() throws Exception {
    KubernetesSettings settings = settings(server.kubeconfig(folder).toString());
    api = ApiServer.of(settings);
    listings = KubernetesSource.of(api, settings).runWith(Sink.queue(1), system);
  }

  /** The first listing of which this holds. */
  private Listing await(Predicate<Listing> wanted) throws Exception {
    while (true) {
      Listing next =
          listings.pull().toCompletableFuture().get(30, TimeUnit.SECONDS).orElseThrow();
      if (wanted.test(next)) {
        return next;
      }
    }
  }

  private static List<String> names(Listing listing) {
    return listing.declared().stream()
        .map(Declaration::key)
        .map(key -> key.name())
        .sorted()
        .toList();
  }

  private static String service(String name, String version) {
    return "{\"metadata\": {\"name\": \"" + name
        + "\", \"namespace\": \"shop\", \"resourceVersion\": \"" + version
        + "\"}, \"spec\": {\"ports\": [{\"port\": 80}]}}";
  }

  @Test
  void readsAListPageByPageAndWatchesFromItsVersion() throws Exception {
    server.list("services", "7", "more&of=it", service("a", "3"));
    server.list("services", "7", "", service("b", "5"));
    server.event("services", "ADDED", service("c", "8"));
    watch();
    await(listing -> names(listing).equals(List.of("a", "b", "c")));
    assertThat(server.requests("services")).hasSizeGreaterThanOrEqualTo(3);
    assertThat(server.requests("services").get(1)).contains("continue=more&of=it");
    assertThat(server.requests("services").get(2)).contains("resourceVersion=7");
  }

  @Test
  void goesOnFromTheLastBookmarkWhenAWatchEnds() throws Exception {
    server.list("services", "7", "", service("a", "3"));
    server.list("services", "900", "", service("a", "3"));
    watch();
    await(listing -> names(listing).equals(List.of("a")));
    server.event("services", "BOOKMARK", "{\"metadata\": {\"resourceVersion\": \"42\"}}");
    server.end("services");
    server.event("services", "ADDED", service("b", "43"));
    await(listing -> names(listing).equals(List.of("a", "b")));
    assertThat(server.requests("services")).anyMatch(line -> line.contains("resourceVersion=42"));
  }

  @Test
  void listsAgainWhenItsVersionIsTooLongAgo() throws Exception {
    server.list("services", "7", "", service("a", "3"));
    server.list("services", "99", "", service("b", "98"));
    server.event("services", "ERROR", "{\"code\": 410, \"message\": \"too old\"}");
    watch();
    Listing second = await(listing -> names(listing).equals(List.of("b")));
    assertThat(second.problems()).isEmpty();
    server.event("services", "DELETED", service("b", "100"));
    await(listing -> listing.declared().isEmpty());
    assertThat(server.requests("services")).anyMatch(line -> line.contains("resourceVersion=99"));
  }

  @Test
  void listsAgainWhenTheApiServerStandsBeforeWhatWasSeen() throws Exception {
    server.list("services", "700", "", service("a", "3"));
    server.list("services", "7", "", service("old", "3"));
    watch();
    await(listing -> names(listing).equals(List.of("a")));
    server.end("services");
    await(listing -> names(listing).equals(List.of("old")));
  }

  @Test
  void servesWithoutAKindThatIsNotThereAndTakesItWhenItComes() throws Exception {
    server.list("services", "7", "", service("a", "3"));
    server.refuse("tenants", 404);
    watch();
    Listing without = await(listing -> !listing.declared().isEmpty());
    assertThat(without.problems()).singleElement().satisfies(problem -> {
      assertThat(problem.what()).contains("Tenant objects").contains("refused by script");
      assertThat(problem.expected()).contains("deploy/crds");
    });
    server.refuse("tenants", 0);
    assertThat(await(listing -> listing.problems().isEmpty()).declared()).hasSize(1);
  }

  @Test
  void keepsWhatItHasOfAKindThatMayNoLongerBeRead() throws Exception {
    server.list("services", "7", "", service("a", "3"));
    watch();
    await(listing -> names(listing).equals(List.of("a")));
    server.refuse("services", 403);
    server.end("services");
    Listing refused = await(listing -> !listing.problems().isEmpty());
    assertThat(names(refused)).containsExactly("a");
    assertThat(refused.problems().get(0).expected()).contains("deploy/rbac.yaml");
  }

  @Test
  void tellsAnObjectThatCannotBeReadAndServesTheOthers() throws Exception {
    server.list("services", "7", "", service("a", "3"), service("b", "4").replace("80", "0"));
    watch();
    Listing listing = await(any -> true);
    assertThat(names(listing)).containsExactly("a");
    assertThat(listing.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.object()).isEqualTo("Service shop/b"));
  }

  @Test
  void passesOverConfigMapsThatAreTooLargeToBeAGatewaysOwn() throws Exception {
    String small = "{\"metadata\": {\"name\": \"small\"}, \"data\": {\"hsts\": \"false\"}}";
    String large = small.replace("small", "large").replace("false", "x".repeat(70_000));
    server.list("configmaps", "7", "", small, large);
    watch();
    Listing listing = await(any -> true);
    assertThat(names(listing)).containsExactly("small");
    assertThat(listing.problems()).isEmpty();
  }

  @Test
  void refusesAKubeconfigThatIsNotThere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ApiServer.of(settings("/nowhere/kubeconfig")))
        .withMessageContaining("sluice.ingress.kubernetes.kubeconfig")
        .withMessageContaining("/nowhere/kubeconfig");
  }
}
