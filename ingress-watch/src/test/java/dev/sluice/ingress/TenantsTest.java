package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.DeclaredTenant.Unit;
import dev.sluice.ingress.DeclaredTenant.Window;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class TenantsTest {
  private static final String HASH = Digest.of("sk-one");

  private static String byHash(String name, String sha256) {
    return "{name: " + name + ", sha256: " + sha256 + "}";
  }

  private static String bySecret(String name, String secret) {
    return "{name: " + name + ", secretRef: {name: " + secret + ", key: api-key}}";
  }

  private static Manifests tenant(Manifests all, String name, String... keys) {
    return all.sluice("Tenant", name, "{keys: [" + String.join(", ", keys) + "]}");
  }

  @Test
  void areKnownByTheHashOfAKeyOrByTheSecretThatHoldsIt() {
    Manifests all = new Manifests().secret("s", "api-key: \" sk-two\\n\"");
    Reconciled made =
        tenant(all, "shop", byHash("one", HASH), bySecret("two", "s")).reconcile();
    assertThat(made.problems()).isEmpty();
    assertThat(who(made, HASH)).isEqualTo("shop/one");
    assertThat(who(made, Digest.of("sk-two"))).isEqualTo("shop/two");
    assertThat(made.tenants().spender(Digest.of("sk-three"))).isEmpty();
    assertThat(made.tenants().keyCount()).isEqualTo(2);
  }

  @Test
  void leaveAKeyToTheFirstThatHasIt() {
    Manifests all = new Manifests().secret("s", "api-key: sk-one");
    tenant(all, "b", bySecret("again", "s"));
    Reconciled made = tenant(all, "a", byHash("one", HASH)).reconcile();
    assertThat(who(made, HASH)).isEqualTo("a/one");
    assertThat(made.problems()).hasSize(1);
    Problem problem = made.problems().get(0);
    assertThat(problem.object()).isEqualTo("Tenant default/b");
    assertThat(problem.field()).isEqualTo("spec.keys[0]");
    assertThat(problem.what()).isEqualTo("the same key as one of tenant a");
    assertThat(made.tenants().tenants()).containsOnlyKeys("a", "b");
  }

  @Test
  void loseOnlyTheKeyWhoseSecretIsMissingOrEmpty() {
    Manifests all = new Manifests().secret("empty", "api-key: ' '").secret("other", "key: x");
    Reconciled made = tenant(
            all,
            "shop",
            bySecret("missing", "none"),
            bySecret("blank", "empty"),
            bySecret("unkeyed", "other"),
            byHash("good", HASH))
        .reconcile();
    assertThat(made.tenants().keyCount()).isEqualTo(1);
    assertThat(who(made, HASH)).isEqualTo("shop/good");
    assertThat(made.problems())
        .extracting(Problem::field)
        .containsExactly(
            "spec.keys[0].secretRef", "spec.keys[1].secretRef", "spec.keys[2].secretRef");
  }

  @Test
  void takeNoSecretOfAnotherNamespace() {
    Reconciled made = new Manifests()
        .add("v1", "Secret", "name: s, namespace: other", "stringData: {api-key: sk-one}")
        .sluice("Tenant", "shop", "{keys: [" + bySecret("one", "s") + "]}")
        .reconcile();
    assertThat(made.tenants().spender(HASH)).isEmpty();
  }

  @Test
  void leaveANameToTheFirstNamespaceThatHasIt() {
    Reconciled made = new Manifests()
        .sluice("Tenant", "shop, namespace: b", "{keys: [" + byHash("one", HASH) + "]}")
        .sluice("Tenant", "shop, namespace: a", "{}")
        .reconcile();
    assertThat(made.tenants().spender(HASH)).isEmpty();
    assertThat(made.problems()).hasSize(1);
    assertThat(made.problems().get(0).object()).isEqualTo("Tenant b/shop");
    assertThat(made.problems().get(0).what()).isEqualTo("the tenant shop is held by Tenant a/shop");
  }

  @Test
  void areHeldToTheirLimitsUnderTheirNames() {
    Reconciled made = new Manifests().sluice("Tenant", "shop", """
            {limits: [{unit: tokens, amount: 5, window: minute},
              {unit: tokens, amount: 7, window: none},
              {name: local, unit: tokens, amount: 9, window: day, timeZone: Europe/Berlin}]}""").reconcile();
    SpendingTree tree = made.tenants().tenants().get("shop").tree();
    assertThat(tree.tenant().pathOf("any").limits())
        .containsExactly(
            limit("tokens-per-minute", 5, Window.MINUTE, ZoneOffset.UTC),
            limit("tokens-balance", 7, Window.NONE, ZoneOffset.UTC),
            limit("local", 9, Window.DAY, ZoneId.of("Europe/Berlin")));
  }

  private static SpendingTree.Limit limit(String name, long amount, Window window, ZoneId zone) {
    return new SpendingTree.Limit(name, Unit.TOKENS, amount, window, zone, List.of(), false);
  }

  private static String who(Reconciled made, String sha256) {
    TenantTable.Spender spender = made.tenants().spender(sha256).orElseThrow();
    return spender.tenant() + "/" + spender.key();
  }

  private static SpendingTree.Path path(Reconciled made, String key, String model) {
    return made.tenants().spender(Digest.of(key)).orElseThrow().place().pathOf(model);
  }

  private static List<String> limits(Reconciled made, String key, String model) {
    return path(made, key, model).limits().stream()
        .map(SpendingTree.Limit::name)
        .toList();
  }

  @Test
  void areChargedAtEachPlaceAboveTheKeyForTheModelsThatCount() {
    Reconciled made = new Manifests()
        .sluice("Tenant", "shop", """
            {limits: [{name: all, unit: tokens, amount: 5, window: minute},
                {name: dear, unit: cost, amount: 5, window: day, models: ['gpt-*', o3]}],
              keys: [{name: alone, sha256: %s}, {name: held, sha256: %s,
                limits: [{name: own, unit: requests, amount: 1, window: second}]}],
              teams: [{name: t, limits: [{name: small, unit: tokens, amount: 1, window: hour, models: [gpt-4o]}],
                keys: [{name: alone, sha256: %s}, {name: held, sha256: %s,
                  limits: [{name: own, unit: in-flight-requests, amount: 2, window: none}]}]}]}""".formatted(
                Digest.of("a"), Digest.of("b"), Digest.of("c"), Digest.of("d")))
        .reconcile();
    assertThat(made.problems()).isEmpty();
    assertThat(limits(made, "a", "mistral")).containsExactly("all");
    assertThat(limits(made, "a", "gpt-4o")).containsExactly("all", "dear");
    assertThat(limits(made, "b", "o3")).containsExactly("all", "dear", "keys/held/own");
    assertThat(limits(made, "c", "gpt-4o")).containsExactly("all", "dear", "teams/t/small");
    assertThat(limits(made, "c", "gpt-4o-mini")).containsExactly("all", "dear");
    assertThat(limits(made, "d", "gpt-4o"))
        .containsExactly("all", "dear", "teams/t/small", "teams/t/keys/held/own");
    assertThat(who(made, Digest.of("d"))).isEqualTo("shop/t/held");
  }

  @Test
  void shareAPathWhereTheSameLimitsCount() {
    Reconciled made = new Manifests()
        .sluice("Tenant", "shop", """
            {limits: [{name: dear, unit: cost, amount: 5, window: day, models: ['gpt-*', o3]}],
              keys: [{name: one, sha256: %s}], teams: [{name: t, keys: [{name: two, sha256: %s}]}]}""".formatted(Digest.of("a"), Digest.of("b")))
        .reconcile();
    assertThat(path(made, "a", "gpt-5")).isSameAs(path(made, "b", "o3"));
    assertThat(path(made, "a", "other").name()).isEqualTo(SpendingTree.TENANT);
    assertThat(made.tenants().tenants().get("shop").tree().paths())
        .extracting(SpendingTree.Path::name)
        .containsExactlyInAnyOrder("tenant", "tenant?gpt-*");
  }

  @Test
  void costWhatTheMostExactAndNewestPriceSays() {
    LocalDate spring = LocalDate.parse("2026-03-01");
    LocalDate summer = LocalDate.parse("2026-06-01");
    List<ModelPrice> prices = List.of(
        new ModelPrice(
            List.of("gpt-*"), LocalDate.EPOCH, 2_500_000, 1_250_000, 3_000_000, 10_000_000),
        new ModelPrice(List.of("gpt-4o"), spring, 37_500, 0, 37_500, 1),
        new ModelPrice(List.of("gpt-4o"), summer, 1, 1, 1, 1));
    assertThat(ModelPrice.of(prices, "gpt-5", spring).orElseThrow().nanos(10, 4, 3, 2))
        .isEqualTo(25_000 + 5_000 + 9_000 + 20_000);
    assertThat(ModelPrice.of(prices, "gpt-4o", spring).orElseThrow().nanos(1, 0, 0, 1))
        .as("rounded up")
        .isEqualTo(38);
    assertThat(ModelPrice.of(prices, "gpt-4o", summer).orElseThrow().input()).isEqualTo(1);
    assertThat(ModelPrice.of(prices, "o3", summer)).isEmpty();
  }

  /** The journal takes no longer id: its calls would be answered 503 for ever, and nobody would know why. */
  @Test
  void areLeftOutWhereTheirNameIsTooLongForTheJournal() {
    Reconciled made =
        tenant(new Manifests(), "a".repeat(201), byHash("one", HASH)).reconcile();
    assertThat(made.tenants().tenants()).isEmpty();
    assertThat(made.problems()).hasSize(1);
    assertThat(made.problems().get(0).what()).isEqualTo("a name of 201 characters");
  }
}
