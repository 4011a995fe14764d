package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table that random changes lead to, step by step, is the one that is made from nothing. */
class IncrementalTest {
  private static final int STEPS = 60;
  private static final List<String> HOSTS =
      List.of("a.example.com", "b.example.com", "*.example.com", "www.a.example.com", "");

  /** What annotations may say: some of them reach other Ingresses, hosts, Secrets and ConfigMaps. */
  private static final List<Map<String, String>> ANNOTATIONS = List.of(
      Map.of(),
      Map.of("use-regex", "true"),
      Map.of("rewrite-target", "/x"),
      Map.of("canary", "true", "canary-weight", "50"),
      Map.of("auth-type", "basic", "auth-secret", "s0"),
      Map.of("auth-type", "basic", "auth-secret", "other/s1"),
      Map.of("custom-headers", "default/m0"),
      Map.of("auth-tls-secret", "default/s1"),
      Map.of("server-alias", "b.example.com,alias.example.com"),
      Map.of("from-to-www-redirect", "true"),
      Map.of("app-root", "/app"),
      Map.of("default-backend", "v1", "custom-http-errors", "404"),
      Map.of("limit-rps", "x"));

  private static final List<Map<String, String>> CONTROLLER = List.of(
      Map.of(),
      Map.of("ssl-redirect", "false"),
      Map.of("hsts", "false", "add-headers", "default/m1"),
      Map.of("global-auth-url", "http://auth/"),
      Map.of("allow-cross-namespace-resources", "true", "global-allowed-response-headers", "x"),
      Map.of("use-gzip", "true"));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void isWhatIsMadeFromNothing(long seed) {
    Random random = new Random(seed);
    Map<ObjectKey, Declaration> declared = new TreeMap<>();
    Reconciled made = Reconciled.NOTHING;
    for (int step = 0; step < STEPS; step++) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        change(declared, random);
      }
      List<Declaration> all = new ArrayList<>(declared.values());
      made = RouteReconciler.reconcile(all, made);
      Reconciled anew = RouteReconciler.reconcile(all);
      String as = "seed " + seed + ", step " + step;
      assertThat(made.routes().version()).as(as).isEqualTo(anew.routes().version());
      assertThat(made.routes().hosts().keySet())
          .as(as)
          .isEqualTo(anew.routes().hosts().keySet());
      made.routes()
          .hosts()
          .forEach((host, routes) -> assertThat(routes.inOrder().toString())
              .as(as + ", host " + host)
              .isEqualTo(anew.routes().hosts().get(host).inOrder().toString()));
      assertThat(made.problems()).as(as).isEqualTo(anew.problems());
      assertThat(made.ingresses()).as(as).isEqualTo(anew.ingresses());
      assertThat(made.certificates().keySet())
          .as(as)
          .isEqualTo(anew.certificates().keySet());
    }
  }

  private static void change(Map<ObjectKey, Declaration> declared, Random random) {
    int number = random.nextInt(4);
    Declaration one = switch (random.nextInt(8)) {
      case 0, 1, 2 -> ingress("i" + number, random);
      case 3 ->
        new DeclaredService(
            new ObjectKey("Service", "default", "v" + number % 2),
            DeclaredAt.API_SERVER,
            random.nextInt(5) == 0 ? "out.example.org" : "",
            List.of(new DeclaredService.Port("http", random.nextBoolean() ? 80 : 81)));
      case 4 ->
        new DeclaredEndpoints(
            new ObjectKey("EndpointSlice", "default", "e" + number),
            DeclaredAt.API_SERVER,
            "v" + number % 2,
            List.of(new DeclaredEndpoints.Port("http", 8080)),
            random.nextInt(3) == 0 ? List.of() : List.of("10.0.0." + random.nextInt(9)));
      case 7 ->
        new DeclaredReferenceGrant(
            new ObjectKey("ReferenceGrant", "other", "g" + number % 2),
            DeclaredAt.API_SERVER,
            List.of(new DeclaredReferenceGrant.From(
                "networking.k8s.io", "Ingress", number < 3 ? "default" : "elsewhere")),
            List.of(new DeclaredReferenceGrant.To("", "Secret", random.nextBoolean() ? "" : "s0")));
      case 5 ->
        new DeclaredSecret(
            new ObjectKey("Secret", number < 2 ? "default" : "other", "s" + number % 2),
            DeclaredAt.API_SERVER,
            Map.of(
                "auth",
                ("u" + random.nextInt(3) + ":x")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      default ->
        number == 0
            ? new DeclaredConfigMap(
                ControllerFlags.DEFAULT.configMap(),
                DeclaredAt.API_SERVER,
                CONTROLLER.get(random.nextInt(CONTROLLER.size())))
            : new DeclaredConfigMap(
                new ObjectKey("ConfigMap", "default", "m" + number % 2),
                DeclaredAt.API_SERVER,
                Map.of("x", "" + random.nextInt(3)));
    };
    if (random.nextInt(4) == 0) {
      declared.remove(one.key());
    } else {
      declared.put(one.key(), one);
    }
  }

  private static DeclaredIngress ingress(String name, Random random) {
    Map<String, String> annotations = new TreeMap<>();
    ANNOTATIONS
        .get(random.nextInt(ANNOTATIONS.size()))
        .forEach((key, value) -> annotations.put(Annotations.PREFIX + key, value));
    List<DeclaredIngress.Rule> rules = new ArrayList<>();
    for (int i = random.nextInt(2); i >= 0; i--) {
      String field = "spec.rules[" + i + "].http.paths[0]";
      rules.add(new DeclaredIngress.Rule(
          HOSTS.get(random.nextInt(HOSTS.size())),
          List.of(new DeclaredIngress.Path(
              field,
              List.of("/", "/x", "/x/y", "/(").get(random.nextInt(4)),
              List.of(DeclaredIngress.PathType.values()).get(random.nextInt(3)),
              new DeclaredIngress.Backend(
                  field + ".backend",
                  "v" + random.nextInt(2),
                  "",
                  random.nextInt(5) == 0 ? 81 : 80)))));
    }
    return new DeclaredIngress(
        new ObjectKey("Ingress", "default", name),
        DeclaredAt.API_SERVER,
        "2026-01-0" + (1 + random.nextInt(3)) + "T00:00:00Z",
        annotations,
        random.nextInt(6) == 0
            ? new DeclaredIngress.Backend("spec.defaultBackend", "v0", "", 80)
            : null,
        rules,
        random.nextInt(3) == 0
            ? List.of(new DeclaredIngress.Tls("spec.tls[0]", List.of("a.example.com"), "s0"))
            : List.of());
  }
}
