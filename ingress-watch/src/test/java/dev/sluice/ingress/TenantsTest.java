package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.DeclaredTenant.Unit;
import dev.sluice.ingress.DeclaredTenant.Window;
import dev.sluice.ingress.TenantTable.Spender;
import java.time.ZoneId;
import java.time.ZoneOffset;
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
    assertThat(made.tenants().spender(HASH)).contains(new Spender("shop", "one"));
    assertThat(made.tenants().spender(Digest.of("sk-two"))).contains(new Spender("shop", "two"));
    assertThat(made.tenants().spender(Digest.of("sk-three"))).isEmpty();
    assertThat(made.tenants().keyCount()).isEqualTo(2);
  }

  @Test
  void leaveAKeyToTheFirstThatHasIt() {
    Manifests all = new Manifests().secret("s", "api-key: sk-one");
    tenant(all, "b", bySecret("again", "s"));
    Reconciled made = tenant(all, "a", byHash("one", HASH)).reconcile();
    assertThat(made.tenants().spender(HASH)).contains(new Spender("a", "one"));
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
    assertThat(made.tenants().spender(HASH)).contains(new Spender("shop", "good"));
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
    assertThat(made.tenants().tenants().get("shop").limits())
        .containsExactly(
            new TenantTable.Limit(
                "tokens-per-minute", Unit.TOKENS, 5, Window.MINUTE, ZoneOffset.UTC),
            new TenantTable.Limit("tokens-balance", Unit.TOKENS, 7, Window.NONE, ZoneOffset.UTC),
            new TenantTable.Limit("local", Unit.TOKENS, 9, Window.DAY, ZoneId.of("Europe/Berlin")));
  }
}
