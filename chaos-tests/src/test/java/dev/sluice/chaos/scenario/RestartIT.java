package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.chaos.check.Account;
import dev.sluice.chaos.fault.Installation;
import dev.sluice.chaos.fault.Manifests;
import dev.sluice.chaos.traffic.Chat;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was spent stays spent. */
class RestartIT {
  private static final String HOST = "127.0.7.11";
  private static final Chat PREPAID = new Chat("sk-prepaid", "echo", 30, 30);
  private static final Chat DAILY = new Chat("sk-daily", "echo", 7, 7);

  @TempDir
  Path folder;

  @Test
  void balancesWindowsAndKeysAreAsTheyWereAfterAStop() throws Exception {
    Path manifests = manifests();
    List<Account> before;
    try (Installation sluice = start(manifests)) {
      assertThat(PREPAID.send(sluice.url(1)).tokens()).isEqualTo(60);
      assertThat(DAILY.send(sluice.url(1)).tokens()).isEqualTo(14);
      sluice.stop();
    }
    try (Installation sluice = start(manifests)) {
      before = accounts(sluice);
      assertThat(before.get(0)).isEqualTo(new Account(100, 60, 0, 0, 0, 40));
      assertThat(before.get(1)).isEqualTo(new Account(1_000, 14, 0, 0, 0, 986));
      assertThat(PREPAID.send(sluice.url(1)).status()).isEqualTo(429);
      assertThat(DAILY.send(sluice.url(1)).status()).isEqualTo(200);
      assertThat(new Chat("sk-other", "echo", 1, 1).send(sluice.url(1)).status())
          .isEqualTo(401);
      sluice.interrupt();
    }
  }

  @Test
  void afterAPowerCutNothingThatWasUsedIsFree() throws Exception {
    Path manifests = manifests();
    try (Installation sluice = start(manifests)) {
      assertThat(PREPAID.send(sluice.url(1)).tokens()).isEqualTo(60);
      assertThat(DAILY.send(sluice.url(1)).tokens()).isEqualTo(14);
      sluice.killAll();
    }
    try (Installation sluice = start(manifests)) {
      List<Account> after = accounts(sluice);
      assertThat(after.get(0).charged()).isBetween(60L, 100L);
      assertThat(after.get(1).charged()).isBetween(14L, 1_000L);
      assertThat(PREPAID.send(sluice.url(1)).status()).isEqualTo(429);
      sluice.stop();
    }
  }

  private Path manifests() throws Exception {
    return Manifests.withModels(folder.resolve("manifests"))
        .withTenant("prepaid", "sk-prepaid", 100, "none")
        .withTenant("daily", "sk-daily", 1_000, "day")
        .folder();
  }

  private Installation start(Path manifests) throws Exception {
    return Installation.start(
        folder.resolve("data"), HOST, "run", "--manifests", manifests.toString());
  }

  private static List<Account> accounts(Installation sluice) throws Exception {
    return List.of(Account.of(sluice, 1, "prepaid"), Account.of(sluice, 1, "daily"));
  }
}
