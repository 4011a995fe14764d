package dev.sluice.ingress;

import static dev.sluice.ingress.Answers.HOST;
import static dev.sluice.ingress.Answers.twoServices;
import static dev.sluice.ingress.Manifests.path;
import static dev.sluice.ingress.Manifests.rule;
import static dev.sluice.ingress.Manifests.rules;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplanationTest {

  private static Explanation explain(Reconciled made, String host, String path) {
    return Explanation.of(
        made, made.problems(), new Explanation.Question(host, path, false, Asked.GET));
  }

  private static Explanation.Taken taken(Explanation explanation) {
    return Objects.requireNonNull(explanation.route());
  }

  @Test
  void namesTheRouteAndWhereItIsDeclaredAndWhyOthersDoNotTakeIt() {
    Reconciled made = twoServices()
        .ingress(
            "name: i",
            rules(rule(
                HOST,
                path("Prefix", "/", "a"),
                path("Exact", "/x", "b"),
                path("Prefix", "/x", "a"))))
        .reconcile();
    Explanation explanation = explain(made, HOST, "/x/y");
    assertThat(explanation.host()).isEqualTo(HOST);
    assertThat(taken(explanation).rule()).isEqualTo("prefix /x");
    assertThat(taken(explanation).order()).startsWith("number 2 of 3");
    assertThat(taken(explanation).declaredBy())
        .startsWith("Ingress default/i [test.yaml:")
        .endsWith("] spec.rules[0].http.paths[2]");
    assertThat(taken(explanation).leadsTo().get(0))
        .isEqualTo("Service default/a:80, 10.0.0.1:8080");
    assertThat(explanation.others())
        .extracting(other -> other.rule() + ": " + other.why())
        .containsExactly(
            "exact path /x: the path does not match", "prefix /: another one comes first");
  }

  @Test
  void saysWhichHostServesAndWhy() {
    Reconciled made = twoServices()
        .ingress("name: i", rules(rule("*.example.com", path("Prefix", "/", "a"))))
        .ingress("name: all", rules(rule("", path("Prefix", "/all", "b"))))
        .reconcile();
    assertThat(explain(made, "a.example.com", "/").host())
        .isEqualTo("*.example.com, because a.example.com has no routes of its own");
    Explanation other = explain(made, "other.test", "/");
    assertThat(other.host()).startsWith("every host, because");
    assertThat(other.route()).isNull();
    assertThat(other.others()).hasSize(1);
    assertThat(explain(Reconciled.NOTHING, "a.test", "/").host())
        .startsWith("no routes for a.test");
  }

  @Test
  void tellsFiltersInTheirOrderAndNoSecret() {
    Reconciled made = twoServices()
        .secret("users", "auth: 'joe:hidden-hash'")
        .ingress(
            "name: i, annotations: {nginx.ingress.kubernetes.io/auth-type: basic,"
                + " nginx.ingress.kubernetes.io/auth-secret: users,"
                + " nginx.ingress.kubernetes.io/limit-rps: '5',"
                + " nginx.ingress.kubernetes.io/force-ssl-redirect: 'true',"
                + " nginx.ingress.kubernetes.io/proxy-buffering: 'on'}",
            rules(rule(HOST, path("Prefix", "/", "a"))))
        .reconcile();
    Explanation explanation = explain(made, HOST, "/");
    assertThat(taken(explanation).filters())
        .filteredOn(words -> !words.startsWith("sets"))
        .containsExactly(
            "sends plain HTTP to HTTPS with 308: this one ends here",
            "503 while no endpoint is ready",
            "limits a client's address to 5 a second, else 503",
            "lets in with: one of 1 users with a password");
    assertThat(explanation.problems()).hasSize(1);
    assertThat(explanation.problems().get(0)).contains("proxy-buffering");
    assertThat(explanation.toString()).doesNotContain("hidden-hash");
  }

  @Test
  void explainsAliasesByTheIngressThatNamesThem() {
    Reconciled made = twoServices()
        .ingress(
            "name: i, annotations: {nginx.ingress.kubernetes.io/server-alias: alias.test}",
            rules(rule(HOST, path("Prefix", "/x", "a"))))
        .reconcile();
    assertThat(taken(explain(made, "alias.test", "/x")).declaredBy())
        .contains("Ingress default/i")
        .endsWith("spec.rules[0].http.paths[0]");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theFirstInOrderThatTakesARequestIsTheOneThatServesIt(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      HostRoutes routes = new HostRoutes(randomRoutes(random));
      String path = randomPath(random);
      Asked asked = random.nextBoolean() ? Asked.GET : Asked.POST.header("x", "1");
      Route first = routes.inOrder().stream()
          .filter(route -> route.path().matches(path) && route.takes(asked))
          .findFirst()
          .orElse(null);
      assertThat(routes.match(path, asked)).as("seed %d, path %s", seed, path).isSameAs(first);
      assertThat(routes.inOrder()).hasSize(routes.count());
    }
  }

  private static List<Route> randomRoutes(Random random) {
    List<Route> routes = new ArrayList<>();
    for (int i = random.nextInt(8); i >= 0; i--) {
      String path = randomPath(random);
      PathRule rule = switch (random.nextInt(3)) {
        case 0 -> new PathRule.Exact(path);
        case 1 -> new PathRule.Prefix(path);
        default -> new PathRule.Regex(Pattern.compile("^" + path, Pattern.CASE_INSENSITIVE));
      };
      List<ValueRule> conditions = random.nextInt(3) == 0
          ? List.of(new ValueRule(ValueRule.Where.HEADER, "x", "1", null))
          : List.of();
      routes.add(new Route(
          new ObjectKey("Ingress", "default", "i" + i),
          rule,
          random.nextInt(4) == 0 ? "POST" : null,
          conditions,
          List.of(),
          new Action.Refuse(404, "" + i),
          Timeouts.DEFAULT,
          Retries.DEFAULT,
          0));
    }
    return routes;
  }

  private static String randomPath(Random random) {
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      path.append('/').append("ab".charAt(random.nextInt(2)));
    }
    return random.nextInt(5) == 0 ? "/" : path + (random.nextInt(4) == 0 ? "/" : "");
  }
}
