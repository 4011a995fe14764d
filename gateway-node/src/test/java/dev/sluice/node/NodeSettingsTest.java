package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges are held against reference.conf by {@link ReferenceTest}. */
class NodeSettingsTest {
  @TempDir
  Path folder;

  private static NodeSettings load(Map<String, ?> given) {
    return NodeSettings.load(given, Optional.empty());
  }

  private NodeSettings file(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("sluice.conf"), text);
    return NodeSettings.load(Map.of(), Optional.of(file));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          sluice.node.drain-timeout         | soon       | a time such as 5 s
          sluice.node.drain-timeout         | 61 minutes | 0 ms to 3600000 ms
          sluice.node.first-table-timeout   | 11 minutes | 0 ms to 600000 ms
          sluice.node.mode                  | watch      | serve or observe
          sluice.proxy.shadow.against       | http://old | a host name or an address, without a port
          sluice.ingress.controller.config-map | ""      | namespace/name
          sluice.ingress.controller.default-backend-service | web | namespace/name
          sluice.ingress.controller.default-ssl-certificate | A/b | namespace/name
          sluice.ingress.controller.catch-all | perhaps  | on or off
          sluice.node.database              | nowhere    | does not begin with postgresql://
          sluice.node.database              | postgresql://db/sluice | it has no user
          sluice.edge.port                  | 0          | 1 to 65535
          sluice.edge.port                  | http       | a whole number
          sluice.edge.port                  | 80.5       | a whole number
          sluice.edge.tls-port              | 65536      | 1 to 65535
          sluice.edge.workers               | -1         | 0 to 1024
          sluice.edge.event-loop            | maybe      | on or off
          sluice.edge.connections           | many       | a whole number
          sluice.edge.backlog               | 0          | 1 to 65535
          sluice.edge.head-bytes            | 64 KiBB    | a size such as 64 KiB
          sluice.edge.head-bytes            | 1023       | 1024 to 1048576 bytes
          sluice.edge.target-bytes          | 255        | 256 to 1048576 bytes
          sluice.edge.head-fields           | 15         | 16 to 10000
          sluice.edge.pipelined-bytes       | 17 MiB     | 1024 to 16777216 bytes
          sluice.edge.head-timeout          | 999 ms     | 1000 ms to 86400000 ms
          sluice.edge.body-timeout          | 25 h       | 1000 ms to 86400000 ms
          sluice.edge.idle-timeout          | 5 years    | a time such as 5 s
          sluice.edge.send-timeout          | -1 s       | 1000 ms to 86400000 ms
          sluice.edge.timer-tick            | 9 ms       | 10 ms to 1000 ms
          sluice.upstream.connections       | 0          | 1 to 1000000
          sluice.upstream.waiting           | -1         | 0 to 1000000
          sluice.upstream.idle-timeout      | 0 s        | 1000 ms to 86400000 ms
          sluice.upstream.head-bytes        | 2 MiB      | 1024 to 1048576 bytes
          sluice.upstream.head-fields       | 10001      | 16 to 10000
          sluice.proxy.http-port            | 0          | 1 to 65535
          sluice.proxy.https-port           | 70000      | 1 to 65535
          sluice.proxy.unsent-bytes         | 4095       | 4096 to 67108864 bytes
          sluice.model.connect-timeout      | 99 ms      | 100 ms to 300000 ms
          sluice.model.unsent-bytes         | 65 MiB     | 4096 to 67108864 bytes
          sluice.admin.port                 | 0          | 1 to 65535
          sluice.health.port                | 0          | 1 to 65535
          sluice.metrics.port               | 65536      | 1 to 65535
          sluice.cluster.port               | 0          | 1 to 65535
          sluice.cluster.seeds              | 10.0.0.1   | addresses such as 10.0.0.1:25520
          sluice.cluster.seeds              | 10.0.0.1:0 | addresses such as 10.0.0.1:25520
          sluice.cluster.seeds              | 10.0.0.1:25520, 10.0.0.2:65536 | addresses such as 10.0.0.1:25520
          sluice.cluster.clock-interval     | 99 ms      | 100 ms to 300000 ms
          sluice.quota.lease-life           | 1 s        | 2000 ms to 300000 ms
          sluice.quota.clock-error          | 0 ms       | 1 ms to 1000 ms
          sluice.quota.snapshot-every       | 9          | 10 to 100000
          sluice.ingress.folder.poll        | 9 ms       | 10 ms to 1 minute
          sluice.ingress.folder.poll        | often      | a time
          sluice.ingress.folder.file-bytes  | 1023       | 1 KiB to 64 MiB
          sluice.ingress.folder.files       | 0          | 1 to 100,000
          """)
  void aBadValueIsRefusedByNameWithWhatWasExpected(String key, String value, String words) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> load(Map.of(key, value)))
        .withMessageContaining(key)
        .withMessageContaining(words);
  }

  @Test
  void withoutAnyFileTheDefaultsAreAccepted() {
    NodeSettings settings = load(Map.of());
    assertThat(settings.edge().workers()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(settings.cluster().seeds()).isEmpty();
  }

  @Test
  void whatIsGivenGoesBeforeTheFileAndTheFileBeforeTheDefaults() throws IOException {
    Path file = Files.writeString(folder.resolve("sluice.conf"), """
        sluice.edge { port = 1111, tls-port = 2222 }
        """);
    NodeSettings settings =
        NodeSettings.load(Map.of("sluice.edge.port", "3333"), Optional.of(file));
    assertThat(settings.edge().port()).isEqualTo(3333);
    assertThat(settings.edge().tlsPort()).isEqualTo(2222);
    assertThat(settings.edge().host()).isEqualTo("127.0.0.1");
  }

  @Test
  void seedsMayBeSeparatedByCommasAndSpaces() {
    assertThat(
            load(Map.of("sluice.cluster.seeds", "a:1, b:2 c:65535,")).cluster().seeds())
        .containsExactly("a:1", "b:2", "c:65535");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sluice.edge.prot = 80",
        "sluice.egde.port = 80",
        "sluice.edge.akka.loglevel = DEBUG",
        "sluice.edge.system = 1",
        "sluice.worker.evnt-loop.akka.loglevel = DEBUG",
        "sluice.cluster.system.aka.loglevel = DEBUG"
      })
  void aKeyThatNobodyReadsIsRefusedAndItsPlaceNamed(String line) {
    String key = line.substring(0, line.indexOf(' '));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file("\n" + line))
        .withMessageContaining(key + ": no such setting")
        .withMessageContaining("sluice.conf: 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sluice.cluster.system.akka.cluster.roles = [a]",
        "sluice.control.akka.loglevel = DEBUG",
        "sluice.worker.common.akka.loglevel = DEBUG",
        "sluice.worker.event-loop.akka.io.tcp.batch-accept-limit = 5",
        "sluice.worker.fork-join.akka.loglevel = DEBUG",
        "sluice.kamon.kamon.environment.tags.zone = a",
        "other.things = 1"
      })
  void whatAkkaAndKamonReadMayBeSet(String line) {
    assertThatCode(() -> file(line)).doesNotThrowAnyException();
  }

  @Test
  void aValueInThePlaceOfASectionIsRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file("sluice.edge = 5"))
        .withMessage("sluice.edge: 5 (expected: a section of settings)");
  }

  @Test
  void onlyALoopbackAdminNeedsNoToken() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> load(Map.of("sluice.admin.host", "0.0.0.0")))
        .withMessageContaining("sluice.admin.token: missing (expected: a token")
        .withMessageContaining("0.0.0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> load(Map.of("sluice.admin.host", "admin.example")))
        .withMessageContaining("sluice.admin.token: missing");
    assertThatCode(() -> load(Map.of("sluice.admin.host", "0.0.0.0", "sluice.admin.token", "x")))
        .doesNotThrowAnyException();
    assertThatCode(() -> load(Map.of("sluice.admin.host", "::1"))).doesNotThrowAnyException();
  }

  /** The tenants were left out of account: the token was good for all of them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokens = [{name: ci, role: admin, tenants: [web], sha256: \"%064d\"}]",
        "oidc = [{issuer: corp, role: admin, claims: {groups: ops}, tenants: [web]}]",
        "oidc = [{issuer: corp, role: admin, claims: {groups: ops}, tenants-claim: tenants}]"
      })
  void anAdminOfSomeTenantsIsRefused(String setting) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file("sluice.admin." + setting.formatted(0)))
        .withMessageMatching(
            "sluice.admin.(tokens|oidc)\\[0].tenants(-claim)?: .* \\(expected: none with the role admin, .*");
  }

  @Test
  void nothingThatIsPrintedShowsAPasswordOrAToken() {
    NodeSettings settings = load(Map.of(
        "sluice.node.database", "postgresql://u:hunter2@db/sluice",
        "sluice.admin.token", "hunter2"));
    assertThat(settings.toString()).doesNotContain("hunter2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> load(Map.of("sluice.node.database", "postgresql://u:hunter2@db")))
        .withMessageStartingWith("sluice.node.database: ")
        .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("hunter2"));
  }
}
