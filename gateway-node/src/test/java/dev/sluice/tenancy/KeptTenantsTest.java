package dev.sluice.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.Claims;
import dev.sluice.ingress.SpendingTree;
import dev.sluice.ingress.TenantTable.Spender;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeptTenantsTest {
  private static final String NONE = "[]";
  private static final String TOKENS =
      "[{\"name\":\"t\",\"unit\":\"tokens\",\"amount\":5,\"window\":\"none\",\"mode\":\"enforce\"}]";

  private final KeptTenants kept = new KeptTenants();
  private long now = 1_000;

  private void take(KeptRow... rows) {
    for (KeptRow row : rows) {
      kept.take(row);
    }
    kept.settle();
  }

  private static KeptRow tenant(String name, String limits) {
    return new KeptRow.OfTenant(name, limits, false);
  }

  private static KeptRow secret(
      String secret, String tenant, String team, String key, long expires) {
    return new KeptRow.OfSecret(SecretHash.hexOf(secret), tenant, team, key, expires, false);
  }

  private Optional<Spender> spender(String secret) {
    return kept.spender(SecretHash.hexOf(secret), () -> now);
  }

  private List<String> limits(String secret) {
    return spender(secret).orElseThrow().place().limits().stream()
        .map(SpendingTree.Limit::name)
        .toList();
  }

  @Test
  void aKeySpendsAtTheInnermostPlaceWithLimits() {
    take(
        tenant("shop", TOKENS),
        new KeptRow.OfTeam("shop", "web", TOKENS, false),
        new KeptRow.OfTeam("shop", "free", NONE, false),
        new KeptRow.OfKey("shop", "web", "own", TOKENS, "", 0, 0, false),
        secret("a", "shop", "web", "own", 0),
        secret("b", "shop", "web", "plain", 0),
        secret("c", "shop", "free", "plain", 0),
        secret("d", "shop", "", "plain", 0));
    assertThat(limits("a")).containsExactly("t", "teams/web/t", "teams/web/keys/own/t");
    assertThat(limits("b")).containsExactly("t", "teams/web/t");
    assertThat(limits("c")).containsExactly("t");
    assertThat(limits("d")).containsExactly("t");
    assertThat(spender("a").orElseThrow().key()).isEqualTo("web/own");
    take(new KeptRow.OfKey("shop", "web", "own", NONE, "", 0, 0, false));
    assertThat(limits("a")).containsExactly("t", "teams/web/t");
  }

  @Test
  void aSecretEndsWhenItIsDroppedWhenItExpiresAndWithItsTenant() {
    take(
        tenant("shop", NONE), secret("a", "shop", "", "k", 0), secret("b", "shop", "", "k", 2_000));
    assertThat(spender("b")).isPresent();
    now = 2_000;
    assertThat(spender("b")).isEmpty();
    assertThat(spender("a")).isPresent();
    take(new KeptRow.OfSecret(SecretHash.hexOf("a"), "shop", "", "k", 0, true));
    assertThat(spender("a")).isEmpty();
    take(secret("c", "shop", "", "k", 0));
    take(new KeptRow.OfTenant("shop", NONE, true));
    assertThat(spender("c")).isEmpty();
    assertThat(kept.tree("shop")).isNull();
  }

  /** Whoever can't know a limit must not spend without it. */
  @Test
  void limitsThatCantBeReadCloseTheirTenantAndAreTold() {
    take(tenant("shop", "[{\"unit\":\"words\"}]"), tenant("other", NONE));
    take(secret("a", "shop", "", "k", 0), secret("b", "other", "", "k", 0));
    assertThat(spender("a")).isEmpty();
    assertThat(spender("b")).isPresent();
    assertThat(kept.problems()).containsOnlyKeys("shop");
    take(tenant("shop", TOKENS));
    assertThat(limits("a")).containsExactly("t");
    assertThat(kept.problems()).isEmpty();
  }

  @Test
  void aTopUpCountsOnceHoweverOftenItIsRead() {
    take(tenant("shop", TOKENS), new KeptRow.OfTopUp("shop", "t", "order-1", 7));
    take(
        new KeptRow.OfTopUp("shop", "t", "order-1", 7),
        new KeptRow.OfTopUp("shop", "t", "order-2", -2));
    assertThat(kept.topUps("shop")).containsExactly(Map.entry("t", 5L));
  }

  @Test
  void aTokenStandsForTheKeyWhoseRuleItFits() {
    String rule = "{\"issuer\":\"corp\",\"claims\":{\"groups\":\"a\",\"sub\":\"s\"}}";
    take(tenant("shop", NONE), new KeptRow.OfKey("shop", "", "k", NONE, rule, 0, 0, false));
    Claims good = new Claims("corp", Map.of("groups", List.of("b", "a"), "sub", List.of("s")));
    assertThat(kept.spenders(good, () -> now)).hasSize(1);
    assertThat(kept.spenders(new Claims("other", good.values()), () -> now)).isEmpty();
    assertThat(kept.spenders(new Claims("corp", Map.of("groups", List.of("a"))), () -> now))
        .isEmpty();
    take(new KeptRow.OfKey("shop", "", "k", NONE, "", 0, 0, false));
    assertThat(kept.spenders(good, () -> now)).isEmpty();
  }

  /** By name, a tenant sorted earlier took the callers of others over with a rule of its own. */
  @Test
  void aKeyMadeLaterTakesNoTokensFromAnOlderOneWhateverItsTenantIsCalled() {
    String groups = "{\"issuer\":\"corp\",\"claims\":{\"groups\":\"a\"}}";
    String subject = "{\"issuer\":\"corp\",\"claims\":{\"sub\":\"s\"}}";
    take(
        tenant("aaa", NONE),
        tenant("shop", NONE),
        new KeptRow.OfKey("aaa", "", "k", NONE, subject, 0, 20, false),
        new KeptRow.OfKey("shop", "", "k", NONE, groups, 0, 10, false));
    Claims both = new Claims("corp", Map.of("groups", List.of("a"), "sub", List.of("s")));
    assertThat(kept.spenders(both, () -> now))
        .extracting(Spender::tenant)
        .containsExactly("shop", "aaa");
    take(new KeptRow.OfTenant("shop", NONE, true));
    assertThat(kept.spenders(both, () -> now)).extracting(Spender::tenant).containsExactly("aaa");
  }

  @Test
  void anIdleKeyTakesAtMost300Bytes() {
    int keys = 100_000;
    long before = usedBytes();
    KeptTenants many = new KeptTenants();
    for (int i = 0; i < keys / 10; i++) {
      many.take(tenant("tenant-" + i, NONE));
    }
    many.settle();
    long tenants = usedBytes();
    for (int i = 0; i < keys; i++) {
      many.take(secret("sk-" + i, "tenant-" + i / 10, "", "key-" + i, 0));
    }
    long after = usedBytes();
    System.out.printf(
        "bytes of an idle key %d, of a tenant without limits %d%n",
        (after - tenants) / keys, (tenants - before) / (keys / 10));
    assertThat((after - tenants) / keys).isLessThanOrEqualTo(300);
    assertThat(many.secretCount()).isEqualTo(keys);
  }

  private static long usedBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
