package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** {@code -Dfuzz=N} and {@code -Dfuzz.seed=S}: more rounds, and from another seed. */
class ReconcilerFuzzTest {
  private static final int ROUNDS = Integer.getInteger("fuzz", 2000);
  private static final long SEED = Long.getLong("fuzz.seed", 20260101L);

  private static final List<String> PIECES = List.of(
      "true",
      "false",
      "on",
      "off",
      "0",
      "1",
      "-1",
      "503",
      "99999999999999999999",
      "1m",
      "k",
      "",
      " ",
      ",",
      ";",
      "/",
      "//",
      "..",
      "../..",
      "%2f",
      "%00",
      "\\",
      "\"",
      "'",
      "`",
      "{",
      "}",
      "(",
      ")",
      "[",
      "]",
      "(?=",
      "(a{1000}){1000}",
      "*",
      "+",
      "?",
      "|",
      "^",
      "$",
      "$1",
      "$10",
      "$host",
      "$http_x",
      "${host}",
      "$document_root",
      "#",
      "\n",
      "\r\n",
      "\t",
      "\u0000",
      "\u0007",
      "\u0085",
      "\u2028",
      "ü",
      "\ud800",
      "http://",
      "https://a",
      "http://a:99999/",
      "a.example.com",
      "*.a",
      "10.0.0.0/8",
      "::1",
      "0.0.0.0/0",
      "1.2.3.4/33",
      "CN=",
      "basic",
      "digest",
      "cookie",
      "default/x",
      "other/x",
      "users",
      "map",
      "a",
      "b",
      "GET",
      "200 202 5m",
      "any",
      "all",
      "error timeout",
      "ewma",
      "round_robin",
      "HTTPS",
      "GRPC",
      "1.0",
      "~",
      "~*",
      "null",
      "*",
      "TLSv1.3",
      "always",
      "balanced");

  private static final List<String> PATHS = List.of(
      "/",
      "/a",
      "/a/",
      "/a/b",
      "/(",
      "/a(.*)",
      "/(a{999}){999}",
      "/[",
      "/a|b",
      "/$",
      "/\\",
      "/é",
      "/{a}",
      "/a;b");

  @Test
  void isTotalForAnyKeysAndValues() {
    System.out.println("ReconcilerFuzzTest: " + ROUNDS + " rounds from seed " + SEED);
    List<String> keys = new ArrayList<>();
    NginxKeys.annotations().forEach(entry -> keys.add(entry.key()));
    List<Declaration> others = Answers.twoServices()
        .secret("users", "auth: 'joe:x'")
        .add("v1", "ConfigMap", "name: map", "data: {x: y}")
        .read();
    Reconciled made = Reconciled.NOTHING;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      List<Declaration> declared = new ArrayList<>(others);
      declared.add(controller(random));
      for (int i = 0; i <= random.nextInt(3); i++) {
        declared.add(ingress("i" + i, keys, random));
      }
      try {
        made = RouteReconciler.reconcile(declared, made);
        if (round % 8 == 0) {
          assertThat(made.routes().version())
              .isEqualTo(RouteReconciler.reconcile(declared).routes().version());
        }
        probe(made);
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("-Dfuzz.seed=" + (SEED + round) + ": " + declared, e);
      }
    }
  }

  /** Whatever is served can be matched and explained. */
  private static void probe(Reconciled made) {
    for (String path : List.of("/", "/a", "/a/b", "/none", "/é")) {
      Explanation explanation = Explanation.of(
          made, made.problems(), new Explanation.Question("a.example.com", path, false, Asked.GET));
      assertThat(explanation.request()).contains(path);
    }
  }

  private static String value(Random random) {
    StringBuilder value = new StringBuilder();
    int pieces = random.nextInt(4);
    for (int i = 0; i <= pieces; i++) {
      value.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return random.nextInt(500) == 0 ? value.toString().repeat(5000) : value.toString();
  }

  private static DeclaredConfigMap controller(Random random) {
    Map<String, String> data = new TreeMap<>();
    List<NginxKeys.Entry> keys = new ArrayList<>(NginxKeys.controllerKeys());
    for (int i = random.nextInt(4); i > 0; i--) {
      data.put(keys.get(random.nextInt(keys.size())).key(), value(random));
    }
    return new DeclaredConfigMap(ControllerFlags.DEFAULT.configMap(), DeclaredAt.API_SERVER, data);
  }

  private static DeclaredIngress ingress(String name, List<String> keys, Random random) {
    Map<String, String> annotations = new TreeMap<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      String key = random.nextInt(20) == 0 ? value(random) : keys.get(random.nextInt(keys.size()));
      annotations.put(Annotations.PREFIX + key, value(random));
    }
    List<DeclaredIngress.Path> paths = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      String field = "spec.rules[0].http.paths[" + i + "]";
      paths.add(new DeclaredIngress.Path(
          field,
          PATHS.get(random.nextInt(PATHS.size())),
          List.of(DeclaredIngress.PathType.values()).get(random.nextInt(3)),
          new DeclaredIngress.Backend(
              field + ".backend", random.nextBoolean() ? "a" : "none", "", 80)));
    }
    return new DeclaredIngress(
        new ObjectKey("Ingress", "default", name),
        DeclaredAt.API_SERVER,
        "2026-01-0" + (1 + random.nextInt(3)) + "T00:00:00Z",
        annotations,
        random.nextInt(4) == 0
            ? new DeclaredIngress.Backend("spec.defaultBackend", "b", "", 80)
            : null,
        List.of(new DeclaredIngress.Rule(
            random.nextInt(5) == 0 ? "" : random.nextBoolean() ? "a.example.com" : "*.example.com",
            paths)),
        random.nextInt(3) == 0
            ? List.of(new DeclaredIngress.Tls("spec.tls[0]", List.of("a.example.com"), "users"))
            : List.of());
  }
}
