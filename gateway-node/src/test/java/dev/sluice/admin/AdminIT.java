package dev.sluice.admin;

import static dev.sluice.admin.AdminNode.JSON;
import static dev.sluice.admin.AdminNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.alert.Alerts;
import dev.sluice.identity.SigningIssuer;
import dev.sluice.node.LocalNode;
import dev.sluice.state.Database;
import dev.sluice.state.DatabaseSettings;
import dev.sluice.state.DatabaseUrl;
import dev.sluice.tenancy.AuditTrail;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The admin API of a node: every answer is checked against its own document on the way. */
class AdminIT {
  private static final String MANIFESTS = """
      apiVersion: sluice.dev/v1alpha1
      kind: ModelProvider
      metadata: {name: echo}
      spec: {kind: echo}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: ModelRoute
      metadata: {name: echo}
      spec: {models: [echo], maxOutputTokens: 50, targets: [{provider: echo}]}
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: written}
      spec:
        limits: [{unit: requests, amount: 1, window: none}]
        keys: [{name: one, secretRef: {name: keys, key: written}}]
        teams: [{name: web, keys: [{name: sa, serviceAccount: {namespace: shop, name: web}}]}]
      ---
      apiVersion: sluice.dev/v1alpha1
      kind: Tenant
      metadata: {name: tokens}
      spec:
        limits: [{unit: requests, amount: 100, window: hour}]
        keys:
          - {name: sa, serviceAccount: {namespace: shop, name: web}}
          - {name: group, jwt: {issuer: kubernetes, claims: {groups: writers}}, limits: [{unit: tokens, amount: 1000, window: minute}]}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: keys}
      stringData: {written: sk-written}
      """;

  private static final String HOST = "127.0.4.7";

  @TempDir
  static Path folder;

  private static AdminNode node;
  private static SigningIssuer issuer;
  private static HttpServer webhook;
  private static final List<String> TOLD = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    issuer = new SigningIssuer();
    webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    webhook.createContext("/", exchange -> {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      boolean firstAttempt = TOLD.isEmpty();
      TOLD.add(exchange.getRequestHeaders().getFirst("x-sluice-signature") + " " + body);
      exchange.sendResponseHeaders(firstAttempt ? 500 : 204, -1);
      exchange.close();
    });
    webhook.start();
    node = AdminNode.start(
        HOST,
        folder,
        MANIFESTS,
        Map.of(
            "sluice.alerts.webhook",
            "http://127.0.0.1:" + webhook.getAddress().getPort() + "/",
            "sluice.alerts.secret",
            "shared",
            "sluice.identity.issuers",
            List.of(Map.of(
                "name", "kubernetes", "issuer", issuer.url(), "audiences", List.of("sluice"))),
            "sluice.admin.oidc",
            List.of(
                Map.of(
                    "issuer",
                    "kubernetes",
                    "role",
                    "read-only",
                    "claims",
                    Map.of("groups", "operators")),
                Map.of(
                    "issuer",
                    "kubernetes",
                    "role",
                    "tenant-admin",
                    "tenants-claim",
                    "tenants",
                    "claims",
                    Map.of("groups", "owners"))),
            "sluice.admin.token",
            "root",
            "sluice.admin.tokens",
            List.of(
                Map.of(
                    "name",
                    "shop",
                    "role",
                    "tenant-admin",
                    "tenants",
                    List.of("shop", "mine"),
                    "sha256",
                    Callers.sha256("shop")),
                Map.of("name", "reader", "role", "read-only", "sha256", Callers.sha256("reader")),
                Map.of(
                    "name",
                    "peek",
                    "role",
                    "read-only",
                    "tenants",
                    List.of("mine"),
                    "sha256",
                    Callers.sha256("peek")))));
    await().atMost(PATIENCE).until(() -> node.call("sk-written") == 200);
  }

  @AfterAll
  static void stop() throws Exception {
    node.close();
    issuer.close();
    webhook.stop(0);
  }

  private static JsonNode tree(HttpResponse<String> answer) throws IOException {
    return JSON.readTree(answer.body());
  }

  private static String etag(HttpResponse<String> answer) {
    return answer.headers().firstValue("etag").orElseThrow();
  }

  private static HttpResponse<String> created(String path, String body) throws Exception {
    HttpResponse<String> answer = node.post(path, "root", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return answer;
  }

  private static void limited(String tenant) throws Exception {
    created(
        "/tenants",
        "{\"name\":\"" + tenant
            + "\",\"limits\":[{\"unit\":\"requests\",\"amount\":9,\"window\":\"hour\"}]}");
  }

  private static String key(String path, String name) throws Exception {
    return tree(created(path, "{\"name\":\"" + name + "\"}")).get("key").asText();
  }

  @Test
  void aKeyWorksOnceItIsMadeAndStopsWhenItIsRevoked() throws Exception {
    limited("life");
    String secret = key("/tenants/life/keys", "one");
    await().atMost(PATIENCE).until(() -> node.call(secret) == 200);
    assertThat(node.get("/tenants/life/keys/one", "root").body()).doesNotContain(secret);
    String tag = etag(node.get("/tenants/life/keys/one", "root"));
    assertThat(node.ask("DELETE", "/tenants/life/keys/one", "root", "", Map.of("If-Match", tag))
            .statusCode())
        .isEqualTo(204);
    await().atMost(PATIENCE).until(() -> node.call(secret) == 401);
    assertThat(node.get("/tenants/life/keys/one", "root").statusCode()).isEqualTo(404);
    assertThat(key("/tenants/life/keys", "one")).isNotEqualTo(secret);
  }

  @Test
  void aRotatedSecretGoesOnForTheOverlapOnly() throws Exception {
    created("/tenants", "{\"name\":\"turn\"}");
    String first = key("/tenants/turn/keys", "one");
    String second = tree(created("/tenants/turn/keys/one/rotations", "{\"overlapSeconds\":3600}"))
        .get("key")
        .asText();
    await().atMost(PATIENCE).until(() -> node.call(second) == 200);
    assertThat(node.call(first)).isEqualTo(200);
    String third =
        tree(created("/tenants/turn/keys/one/rotations", "{}")).get("key").asText();
    await().atMost(PATIENCE).until(() -> node.call(third) == 200);
    await().atMost(PATIENCE).until(() -> node.call(second) == 401);
    assertThat(node.call(first)).isEqualTo(401);
  }

  @Test
  void limitsOfTenantTeamAndKeyHoldTogether() throws Exception {
    created(
        "/tenants",
        "{\"name\":\"tree\",\"limits\":[{\"unit\":\"requests\",\"amount\":100,\"window\":\"none\"}]}");
    created(
        "/tenants/tree/teams",
        "{\"name\":\"web\",\"limits\":[{\"unit\":\"requests\",\"amount\":3,\"window\":\"none\"}]}");
    String secret = tree(created(
            "/tenants/tree/teams/web/keys",
            "{\"name\":\"ci\",\"limits\":[{\"unit\":\"requests\",\"amount\":2,\"window\":\"none\"}]}"))
        .get("key")
        .asText();
    await().atMost(PATIENCE).until(() -> node.call(secret) == 200);
    assertThat(node.call(secret)).isEqualTo(200);
    HttpResponse<String> refused = node.callAnswer(secret);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("teams/web/keys/ci/requests-balance");
    await()
        .atMost(PATIENCE)
        .until(
            () -> balance("tree", "teams/web/requests-balance").get("settled").asInt() == 2);
    assertThat(tree(node.get("/tenants/tree/limits?limit=2", "root"))).hasSize(2);
  }

  @Test
  void explainsACallOfAModelByWhatIsDeclaredAndWhatTheNodeKnows() throws Exception {
    limited("asked");
    created("/tenants/asked/teams", "{\"name\":\"web\"}");
    String secret = tree(created(
            "/tenants/asked/teams/web/keys",
            "{\"name\":\"ci\",\"limits\":[{\"unit\":\"requests\",\"amount\":2,\"window\":\"none\"}]}"))
        .get("key")
        .asText();
    await().atMost(PATIENCE).until(() -> node.call(secret) == 200);
    String path = "/explain/model?model=echo&tenant=asked&key=web/ci";
    await()
        .atMost(PATIENCE)
        .until(() -> tree(node.get(path, "root")).at("/buckets/1/left/settled").asInt() == 1);
    JsonNode told = tree(node.get(path, "root"));
    assertThat(told.at("/route/declaredBy").asText())
        .startsWith("ModelRoute default/echo [")
        .endsWith("spec.models[0]");
    assertThat(told.at("/route/groups/0/targets/0/provider").asText()).isEqualTo("default/echo");
    assertThat(told.at("/route/groups/0/targets/0/state").asText())
        .startsWith("well; 0 under way on this node");
    assertThat(told.at("/buckets"))
        .extracting(bucket -> bucket.get("name").asText())
        .containsExactly("requests-per-hour", "teams/web/keys/ci/requests-balance");
    assertThat(told.at("/buckets/0/left/resetsAt").asText()).startsWith("20");
    JsonNode unknown = tree(node.get("/explain/model?model=ecko", "root"));
    assertThat(unknown.get("route").isNull()).isTrue();
    assertThat(unknown.at("/nearest/0").asText()).isEqualTo("echo");
    HttpResponse<String> wrong =
        node.get("/explain/model?model=echo&tenant=asked&key=none", "root");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("has no such key (expected: web/ci)");
    assertThat(node.get(path, "shop").statusCode()).isEqualTo(403);
  }

  private static JsonNode balance(String tenant, String name) throws Exception {
    for (JsonNode one : tree(node.get("/tenants/" + tenant + "/balances", "root"))) {
      if (one.get("name").asText().equals(name)) {
        return one;
      }
    }
    throw new AssertionError("no balance " + name);
  }

  @Test
  void aTopUpCountsOnceAndAlsoForADeclaredTenant() throws Exception {
    Map<String, String> once = Map.of("Idempotency-Key", "order-1");
    String body = "{\"limit\":\"requests-balance\",\"amount\":5}";
    String path = "/tenants/written/top-ups";
    HttpResponse<String> first = node.ask("POST", path, "root", body, once);
    assertThat(first.statusCode()).isEqualTo(201);
    assertThat(node.ask("POST", path, "root", body, once).body()).isEqualTo(first.body());
    assertThat(node.ask("POST", path, "root", body.replace("5", "6"), once).statusCode())
        .isEqualTo(409);
    assertThat(node.ask("POST", path, "root", body, Map.of()).statusCode()).isEqualTo(400);
    assertThat(node.ask(
                "POST", path, "root", body.replace("5", "-999"), Map.of("Idempotency-Key", "x"))
            .statusCode())
        .isEqualTo(409);
    await()
        .atMost(PATIENCE)
        .until(() -> balance("written", "requests-balance").get("limit").asInt() == 6);
    assertThat(tree(node.get(path, "root"))).hasSize(1);
  }

  @Test
  void whatAManifestDeclaresIsReadOnlyAndSaysByWhat() throws Exception {
    JsonNode shown = tree(node.get("/tenants/written", "root"));
    assertThat(shown.at("/declaredBy/object").asText()).isEqualTo("Tenant default/written");
    assertThat(shown.at("/declaredBy/place").asText()).startsWith("all.yaml:");
    assertThat(tree(node.get("/tenants/written/teams/web/keys/sa", "root"))
            .at("/jwt/claims/sub")
            .asText())
        .isEqualTo("system:serviceaccount:shop:web");
    HttpResponse<String> refused = node.post("/tenants/written/keys", "root", "{\"name\":\"two\"}");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("Tenant default/written in all.yaml:");
    assertThat(node.post("/tenants", "root", "{\"name\":\"written\"}").statusCode())
        .isEqualTo(409);
  }

  @Test
  void aChangeOfWhatHasChangedSinceIsRefused() throws Exception {
    HttpResponse<String> made = created("/tenants", "{\"name\":\"race\"}");
    String limits =
        "{\"limits\":[{\"unit\":\"tokens\",\"amount\":5,\"window\":\"day\",\"timeZone\":\"Europe/Berlin\"}]}";
    Map<String, String> seen = Map.of("If-Match", etag(made));
    assertThat(node.ask("PUT", "/tenants/race", "root", limits, seen).statusCode())
        .isEqualTo(200);
    assertThat(node.ask("PUT", "/tenants/race", "root", limits, seen).statusCode())
        .isEqualTo(412);
    assertThat(node.ask("DELETE", "/tenants/race", "root", "", seen).statusCode())
        .isEqualTo(412);
    assertThat(node.ask("PUT", "/tenants/race", "root", limits, Map.of()).statusCode())
        .isEqualTo(428);
    assertThat(node.ask("PUT", "/tenants/race", "root", limits, Map.of("If-Match", "*"))
            .statusCode())
        .isEqualTo(200);
  }

  @Test
  void problemsNameTheFieldAndWhatWasExpected() throws Exception {
    HttpResponse<String> answer = node.post(
        "/tenants",
        "root",
        "{\"name\":\"A\",\"limits\":[{\"unit\":\"words\",\"amount\":-1,\"window\":\"day\"}],\"x\":1}");
    assertThat(answer.statusCode()).isEqualTo(422);
    List<String> fields = new ArrayList<>();
    tree(answer).get("errors").forEach(one -> fields.add(one.get("field").asText()));
    assertThat(fields).containsExactlyInAnyOrder("name", "limits[0].unit", "limits[0].amount", "x");
    assertThat(node.post("/tenants", "root", "{").statusCode()).isEqualTo(400);
    assertThat(node.post("/tenants", "root", "[]").statusCode()).isEqualTo(422);
    assertThat(node.get("/tenants?limit=0", "root").statusCode()).isEqualTo(400);
    assertThat(node.get("/tenants?page=2", "root").statusCode()).isEqualTo(400);
    assertThat(node.send("PATCH", "/tenants", "root", "{}", Map.of()).statusCode())
        .isEqualTo(405);
  }

  @Test
  void aListComesInPagesThatLeadToEachOther() throws Exception {
    for (int i = 0; i < 5; i++) {
      created("/tenants", "{\"name\":\"page-" + i + "\"}");
    }
    List<String> names = new ArrayList<>();
    String path = "/tenants?limit=2";
    while (!path.isEmpty()) {
      HttpResponse<String> page = node.get(path, "root");
      assertThat(tree(page).size()).isBetween(1, 2);
      tree(page).forEach(one -> names.add(one.get("name").asText()));
      path = page.headers()
          .firstValue("link")
          .map(link -> link.replaceAll("^</api/v1(.*)>; rel=\"next\"$", "$1"))
          .orElse("");
    }
    assertThat(names)
        .isSorted()
        .contains("page-0", "page-1", "page-2", "page-3", "page-4", "written");
  }

  @Test
  void theAuditTrailSaysWhoChangedWhatAndNoSecret() throws Exception {
    created("/tenants", "{\"name\":\"trail\"}");
    String secret = key("/tenants/trail/keys", "one");
    JsonNode lines = tree(node.get("/audit?tenant=trail", "root"));
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).get("operation").asText()).isEqualTo("createKey");
    assertThat(lines.get(0).get("who").asText()).isEqualTo("sluice.admin.token");
    assertThat(lines.get(0).get("target").asText()).isEqualTo("keys/one");
    assertThat(lines.toString()).doesNotContain(secret).doesNotContain(Callers.sha256(secret));
  }

  @Test
  void aWriteOffIsNotedEvenWhereThereIsNothingToWriteOff() throws Exception {
    HttpResponse<String> answer =
        node.post("/tenants/written/write-offs", "root", "{\"reason\":\"node-2 burned\"}");
    assertThat(tree(answer).get("leases").asInt()).isZero();
    assertThat(node.get("/audit?tenant=written&limit=1", "root").body()).contains("node-2 burned");
  }

  @Test
  void usageIsToldByWhomAndOfWhatAsJsonAndAsCsv() throws Exception {
    created("/tenants", "{\"name\":\"used\"}");
    created("/tenants/used/teams", "{\"name\":\"web\"}");
    String secret = key("/tenants/used/teams/web/keys", "ci");
    await().atMost(PATIENCE).until(() -> node.call(secret) == 200);
    assertThat(node.call(secret)).isEqualTo(200);
    String path =
        "/usage?tenant=used&from=2020-01-01T00:00:00Z&to=2029-12-31T00:00:00Z&group=day,team,key,model,target,source";
    await()
        .atMost(PATIENCE)
        .until(() -> tree(node.get(path, "root")).path(0).path("requests").asInt() == 2);
    JsonNode line = tree(node.get(path, "root")).get(0);
    assertThat(line.get("team").asText()).isEqualTo("web");
    assertThat(line.get("key").asText()).isEqualTo("ci");
    assertThat(line.get("model").asText()).isEqualTo("echo");
    assertThat(line.get("source").asText()).isEqualTo("provider");
    assertThat(line.get("inputTokens").asInt()).isEqualTo(6);
    assertThat(line.get("outputTokens").asInt()).isEqualTo(6);
    assertThat(node.get(path + "&format=csv", "root").body().lines().toList())
        .hasSize(2)
        .first()
        .asString()
        .isEqualTo(
            "time,team,key,model,target,source,requests,inputTokens,cacheReadTokens,cacheWriteTokens,outputTokens,reasoningTokens,costNanos");
    assertThat(node.get(path.replace("tenant=used&", ""), "shop").body()).doesNotContain("web");
    assertThat(node.get(path.replace("day,", "day,hour,"), "root").statusCode()).isEqualTo(400);
    assertThat(node.get("/usage", "root").statusCode()).isEqualTo(400);
  }

  @Test
  void tokensOfServiceAccountsAndGroupsStandForKeys() throws Exception {
    String account = issuer.token(claims -> claims.subject("system:serviceaccount:shop:web"));
    assertThat(node.call(account)).isEqualTo(200);
    assertThat(node.call(account)).isEqualTo(200);
    assertThat(node.call(issuer.token(claims -> claims.claim("groups", List.of("x", "writers")))))
        .isEqualTo(200);
    assertThat(
            node.call(issuer.token(claims -> claims.subject("system:serviceaccount:shop:other"))))
        .isEqualTo(401);
    assertThat(node.call(issuer.token(
            claims -> claims.subject("system:serviceaccount:shop:web").audience("x"))))
        .isEqualTo(401);
    created("/tenants", "{\"name\":\"kept\"}");
    created(
        "/tenants/kept/keys",
        "{\"name\":\"one\",\"jwt\":{\"issuer\":\"kubernetes\",\"claims\":{\"sub\":\"kept\"}}}");
    String kept = issuer.token(claims -> claims.subject("kept"));
    await().atMost(PATIENCE).until(() -> node.call(kept) == 200);
    node.ask("DELETE", "/tenants/kept", "root", "", Map.of("If-Match", "*"));
    await().atMost(PATIENCE).until(() -> node.call(kept) == 401);
  }

  @Test
  void aKeySeesTheLimitsThatCountForItself() throws Exception {
    String group = issuer.token(claims -> claims.claim("groups", List.of("writers")));
    JsonNode quota = tree(node.traffic("/v1/quota", group));
    assertThat(quota.get("tenant").asText()).isEqualTo("tokens");
    assertThat(quota.get("key").asText()).isEqualTo("group");
    assertThat(quota.get("limits")).hasSize(2);
    String account = issuer.token(claims -> claims.subject("system:serviceaccount:shop:web"));
    assertThat(tree(node.traffic("/v1/quota", account)).at("/limits/0/name").asText())
        .isEqualTo("requests-per-hour");
    assertThat(node.traffic("/v1/quota", "sk-nobody").statusCode()).isEqualTo(401);
  }

  @Test
  void tokensOfAnIssuerHaveTheRoleOfTheFirstRuleThatFits() throws Exception {
    String reader = issuer.token(claims -> claims.claim("groups", "operators"));
    assertThat(node.get("/status", reader).statusCode()).isEqualTo(200);
    assertThat(node.post("/tenants", reader, "{\"name\":\"x\"}").statusCode()).isEqualTo(403);
    String owner =
        issuer.token(claims -> claims.claim("groups", "owners").claim("tenants", List.of("turn")));
    assertThat(node.get("/tenants/turn", owner).statusCode()).isIn(200, 404);
    assertThat(node.get("/tenants/written", owner).statusCode()).isEqualTo(403);
    assertThat(node.get("/tenants", issuer.token(claims -> claims.claim("groups", "owners")))
            .statusCode())
        .isEqualTo(401);
    assertThat(node.get("/tenants", issuer.token(claims -> claims)).statusCode())
        .isEqualTo(401);
  }

  /** The first attempt of the first alert is answered 500: it is told again. */
  @Test
  void aLimitThatComesNearIsToldOnceByWebhookAndSigned() throws Exception {
    created(
        "/tenants",
        "{\"name\":\"near\",\"limits\":[{\"unit\":\"requests\",\"amount\":4,\"window\":\"none\"}]}");
    String secret = key("/tenants/near/keys", "one");
    await().atMost(PATIENCE).until(() -> node.call(secret) == 200);
    assertThat(node.call(secret)).isEqualTo(200);
    await().atMost(PATIENCE).until(() -> {
      node.get("/tenants/near/balances", "root");
      return told("near", 50).size() >= 1;
    });
    assertThat(node.call(secret)).isEqualTo(200);
    assertThat(node.call(secret)).isEqualTo(200);
    await().atMost(PATIENCE).until(() -> {
      node.get("/tenants/near/balances", "root");
      return told("near", 100).size() >= 1;
    });
    JsonNode alert = JSON.readTree(told("near", 100).get(0).replaceFirst("^\\S+ ", ""));
    assertThat(alert.get("limit").asText()).isEqualTo("requests-balance");
    assertThat(alert.get("amount").asInt()).isEqualTo(4);
    assertThat(TOLD).allMatch(one -> one.startsWith("sha256="));
    assertThat(told("near", 80).stream().distinct()).hasSize(1);
    assertThat(told("near", 50).stream().distinct()).hasSize(1);
    for (int percent : List.of(50, 80, 100)) {
      await()
          .atMost(PATIENCE)
          .until(() -> LocalNode.metrics(HOST)
              .anyMatch(line -> line.startsWith("sluice_quota_alerts_total{")
                  && line.contains("tenant=\"near\"")
                  && line.contains("bucket=\"requests-balance\"")
                  && line.contains("percent=\"" + percent + "\"")
                  && line.endsWith(" 1.0")));
    }
  }

  /** Its node took it for told, and said nothing until the limit's next window. */
  @Test
  void anAlertThatCouldNotBeNotedIsToldOnceItCanBe() throws Exception {
    created(
        "/tenants",
        "{\"name\":\"late\",\"limits\":[{\"unit\":\"requests\",\"amount\":2,\"window\":\"none\"}]}");
    String secret = key("/tenants/late/keys", "one");
    Logger alerts = (Logger) LoggerFactory.getLogger(Alerts.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    alerts.addAppender(log);
    change("ALTER TABLE sluice_alert RENAME TO sluice_alert_away");
    try {
      await().atMost(PATIENCE).until(() -> node.call(secret) == 200);
      await().atMost(PATIENCE).until(() -> {
        node.get("/tenants/late/balances", "root");
        return List.copyOf(log.list).stream()
            .anyMatch(one -> one.getFormattedMessage().startsWith("alerts can't be noted"));
      });
    } finally {
      change("ALTER TABLE sluice_alert_away RENAME TO sluice_alert");
      alerts.detachAppender(log);
    }
    await().atMost(PATIENCE).until(() -> {
      node.get("/tenants/late/balances", "root");
      return told("late", 50).size() >= 1;
    });
  }

  private static List<String> told(String tenant, int percent) {
    return TOLD.stream()
        .filter(one -> one.contains("\"tenant\":\"" + tenant + "\""))
        .filter(one -> one.contains("\"percent\":" + percent + ","))
        .toList();
  }

  /** Each operation by each role: what is not allowed is refused before anything else is looked at. */
  @Test
  void everyOperationIsRefusedWithoutTheRightRole() throws Exception {
    int refused = 0;
    JsonNode paths = node.document("root").get("paths");
    for (Map.Entry<String, JsonNode> path : paths.properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        if (operation.getKey().equals("parameters")) {
          continue;
        }
        String access = operation.getValue().get("x-sluice-access").asText();
        boolean ofTenant = path.getKey().contains("{tenant}");
        for (String tenant : ofTenant ? List.of("mine", "other") : List.of("")) {
          String url = path.getKey().replace("{tenant}", tenant).replaceAll("\\{[a-z]+}", "x");
          String method = operation.getKey().toUpperCase(java.util.Locale.ROOT);
          boolean read = access.startsWith("read");
          boolean own = !tenant.equals("other");
          assertAllowed(method, url, "", false, 401);
          assertAllowed(method, url, "wrong", false, 401);
          assertAllowed(method, url, "reader", read, 403);
          assertAllowed(method, url, "peek", access.equals("read") && own, 403);
          assertAllowed(
              method, url, "shop", (access.equals("read") || access.equals("manage")) && own, 403);
          assertAllowed(method, url, "root", true, 403);
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(40);
  }

  private static void assertAllowed(
      String method, String path, String token, boolean allowed, int refusal) throws Exception {
    int status = node.send(method, path, token, "", Map.of()).statusCode();
    if (allowed) {
      assertThat(status).as(method + " " + path + " by " + token).isNotIn(401, 403);
    } else {
      assertThat(status).as(method + " " + path + " by " + token).isEqualTo(refusal);
    }
  }

  @Test
  void aTenantAdminSeesAndChangesItsTenantsOnly() throws Exception {
    created("/tenants", "{\"name\":\"mine\"}");
    created("/tenants", "{\"name\":\"theirs\"}");
    assertThat(node.get("/tenants", "shop").body()).contains("mine").doesNotContain("theirs");
    assertThat(node.post("/tenants/mine/keys", "shop", "{\"name\":\"k\"}").statusCode())
        .isEqualTo(201);
    assertThat(node.post("/tenants/theirs/keys", "shop", "{\"name\":\"k\"}").statusCode())
        .isEqualTo(403);
    assertThat(node.get("/audit", "shop").body()).contains("mine").doesNotContain("theirs");
    assertThat(node.get("/audit?tenant=theirs", "shop").statusCode()).isEqualTo(403);
  }

  /** Such a key took the JWT callers of every tenant whose name sorts behind its own. */
  @Test
  void aTenantAdminAddsNoKeyThatFitsCallersOfOtherTenants() throws Exception {
    created("/tenants", "{\"name\":\"shop\"}");
    created("/tenants/shop/teams", "{\"name\":\"web\"}");
    for (String claims : List.of(
        "\"jwt\":{\"issuer\":\"kubernetes\",\"claims\":{\"groups\":\"buyers\"}}",
        "\"serviceAccount\":{\"namespace\":\"other\",\"name\":\"web\"}")) {
      String body = "{\"name\":\"one\"," + claims + "}";
      for (String path : List.of("/tenants/shop/keys", "/tenants/shop/teams/web/keys")) {
        HttpResponse<String> refused = node.post(path, "shop", body);
        assertThat(refused.statusCode()).as(body).isEqualTo(403);
        assertThat(refused.body()).contains("callers of other tenants");
      }
    }
    created(
        "/tenants/shop/keys",
        "{\"name\":\"one\",\"jwt\":{\"issuer\":\"kubernetes\",\"claims\":{\"groups\":\"buyers\"}}}");
  }

  private static long rows(String query) throws Exception {
    try (Connection connection = node.database().getPostgresDatabase().getConnection();
        Statement sql = connection.createStatement();
        ResultSet found = sql.executeQuery(query)) {
      found.next();
      return found.getLong(1);
    }
  }

  private static void change(String statement) throws Exception {
    try (Connection connection = node.database().getPostgresDatabase().getConnection();
        Statement sql = connection.createStatement()) {
      sql.execute(statement);
    }
  }

  /** @param declared tenants of manifests */
  private static void sweep(Set<String> declared) {
    DatabaseUrl url = DatabaseUrl.parse(
        "postgresql://postgres:postgres@127.0.0.1:" + node.database().getPort() + "/postgres");
    try (Database database =
        Database.of(url, new DatabaseSettings(1, Duration.ofMinutes(1), Duration.ofSeconds(5)))) {
      new AuditTrail(database)
          .sweep(Duration.ofDays(1), declared)
          .toCompletableFuture()
          .join();
    }
  }

  @Test
  void whatATenantHadSpentGoesAWeekAfterTheTenant() throws Exception {
    for (String name : List.of("leaving", "staying")) {
      limited(name);
      String secret = key("/tenants/" + name + "/keys", "main");
      await().atMost(PATIENCE).until(() -> node.call(secret) == 200);
    }
    String journal = "SELECT count(*) FROM event_journal WHERE persistence_id = 'TenantQuota|%s'";
    assertThat(rows(journal.formatted("leaving"))).isPositive();
    node.ask("DELETE", "/tenants/leaving", "root", "", Map.of("If-Match", "*"));
    sweep(Set.of());
    assertThat(rows(journal.formatted("leaving"))).as("it may be made again").isPositive();
    change("UPDATE sluice_tenant SET dropped = now() - interval '8 days' WHERE name = 'leaving'");
    sweep(Set.of("leaving"));
    assertThat(rows(journal.formatted("leaving"))).as("a manifest declares it").isPositive();
    change("INSERT INTO sluice_tenant(name, limits, changed, dropped)"
        + " SELECT 'leaving', '[]', changed, now() - interval '8 days' FROM sluice_tenancy");
    sweep(Set.of());
    assertThat(rows(journal.formatted("leaving"))).isZero();
    assertThat(rows(journal.formatted("staying"))).isPositive();
  }

  /** Nobody can tell a manifest that has gone from one that is away: it is somebody's decision. */
  @Test
  void whatATenantOfManifestsHadSpentStaysUntilATenantOfItsNameIsMadeAndDeleted() throws Exception {
    change("INSERT INTO sluice_top_up(tenant, idempotency_key, limit_name, amount, who, changed)"
        + " VALUES ('gone', 'order-1', 'requests-balance', 5, 'test', 1)");
    String kept = "SELECT count(*) FROM sluice_top_up WHERE tenant = 'gone'";
    sweep(Set.of());
    assertThat(rows(kept)).isEqualTo(1);
    created("/tenants", "{\"name\":\"gone\"}");
    node.ask("DELETE", "/tenants/gone", "root", "", Map.of("If-Match", "*"));
    sweep(Set.of());
    assertThat(rows(kept)).isEqualTo(1);
    change("UPDATE sluice_tenant SET dropped = now() - interval '8 days' WHERE name = 'gone'");
    sweep(Set.of());
    assertThat(rows(kept)).isZero();
  }

  /** Nodes went on with top-ups that were deleted, and left later ones with the same Idempotency-Key out. */
  @Test
  void aTenantMadeAgainAfterItWasSweptHasNoTopUpsButItsOwn() throws Exception {
    String again =
        "{\"name\":\"again\",\"limits\":[{\"unit\":\"requests\",\"amount\":4,\"window\":\"none\"}]}";
    created("/tenants", again);
    await().atMost(PATIENCE).until(() -> toppedUp("again") == 0);
    toppedUp("again", 5);
    node.ask("DELETE", "/tenants/again", "root", "", Map.of("If-Match", "*"));
    change("UPDATE sluice_tenant SET dropped = now() - interval '8 days' WHERE name = 'again'");
    sweep(Set.of());
    created("/tenants", again);
    await().atMost(PATIENCE).until(() -> toppedUp("again") == 0);
    toppedUp("again", 7);
  }

  /** Adds to a balance, and waits until the node counts with that and no more. */
  private static void toppedUp(String tenant, int amount) throws Exception {
    HttpResponse<String> answer = node.ask(
        "POST",
        "/tenants/" + tenant + "/top-ups",
        "root",
        "{\"limit\":\"requests-balance\",\"amount\":" + amount + "}",
        Map.of("Idempotency-Key", "order-1"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    await().atMost(PATIENCE).until(() -> toppedUp(tenant) == amount);
  }

  /** As the node knows it; -1 while it does not know the tenant. */
  private static int toppedUp(String tenant) throws Exception {
    return tree(node.get("/tenants/" + tenant + "/limits", "root"))
        .path(0)
        .path("toppedUp")
        .asInt(-1);
  }

  @Test
  void aDatabaseThatStandsBeforeWhatWasSeenOfItIsAProblem() throws Exception {
    limited("seen");
    String secret = key("/tenants/seen/keys", "main");
    await().atMost(PATIENCE).until(() -> node.call(secret) == 200);
    assertThat(node.get("/problems", "root").body()).doesNotContain("older backup");
    change("UPDATE sluice_tenancy SET changed = changed - 1");
    try {
      await()
          .atMost(PATIENCE)
          .until(() -> node.get("/problems", "root").body().contains("older backup"));
    } finally {
      change("UPDATE sluice_tenancy SET changed = changed + 1");
    }
  }

  /** 10,000 tenants with ten keys each, written as a batch: read within the time of a load, and the next change is cheap. */
  @Test
  void manyTenantsAndKeysAreReadAndANewOneStillWorksSoon() throws Exception {
    try (Connection connection = node.database().getPostgresDatabase().getConnection();
        Statement sql = connection.createStatement()) {
      connection.setAutoCommit(false);
      sql.execute("UPDATE sluice_tenancy SET changed = changed + 1");
      String number = "(SELECT changed FROM sluice_tenancy)";
      sql.execute("INSERT INTO sluice_tenant(name, limits, changed) SELECT 'many-' || i,"
          + " '[{\"name\":\"t\",\"unit\":\"tokens\",\"amount\":1000,\"window\":\"minute\",\"mode\":\"enforce\"}]', "
          + number
          + " FROM generate_series(1, 10000) i");
      sql.execute(
          "INSERT INTO sluice_key(tenant, team, name, limits, jwt, expires, changed) SELECT 'many-' || i, '', 'key-' || k, '[]', '', 0, "
              + number + " FROM generate_series(1, 10000) i, generate_series(1, 10) k");
      sql.execute(
          "INSERT INTO sluice_secret(sha256, tenant, team, name, expires, changed) SELECT encode(sha256(('sk-' || i || '-' || k)::bytea), 'hex'), 'many-' || i, '', 'key-' || k, 0, "
              + number + " FROM generate_series(1, 10000) i, generate_series(1, 10) k");
      connection.commit();
    }
    await().atMost(PATIENCE).until(() -> node.call("sk-10000-10") == 200);
    assertThat(node.call("sk-1-1")).isEqualTo(200);
    String secret = key("/tenants/many-7/keys", "new");
    Instant made = Instant.now();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> node.call(secret) == 200);
    System.out.println("with 100,000 keys, a new one worked after "
        + Duration.between(made, Instant.now()).toMillis() + " ms");
  }
}
