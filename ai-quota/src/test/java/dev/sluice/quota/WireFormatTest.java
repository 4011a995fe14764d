package dev.sluice.quota;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What has been written to a journal or sent to another node can be read for ever: the bytes of each shipped version are
 * kept in src/test/resources/wire. A new message gets its bytes from {@code -Dsluice.wire.write=true}; bytes that are there are never
 * replaced.
 */
class WireFormatTest {
  private static final Path KEPT = Path.of("src/test/resources/wire");
  private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.parseString("""
      akka.actor.provider = local
      akka.loglevel = ERROR
      akka.actor.serialization-bindings { "dev.sluice.state.WireMessage" = jackson-cbor }
      """));

  /** From an actor to itself, or within its process. */
  private static final Set<String> NEVER_SENT = Set.of("Flush", "Send", "Agents");

  private static final Set<String> MAPS = Set.of("buckets", "leases");
  private static final Set<String> MAPS_OF_AMOUNTS =
      Set.of("paths", "spent", "top", "heard", "formerPaths");

  private static final Bucket DAY =
      Bucket.of("day", Unit.TOKENS, 1_000, Window.day(ZoneId.of("Europe/Berlin")));
  private static final Bucket MINUTE =
      Bucket.of("minute", Unit.TOKENS, 100, Window.sliding(60_000));
  private static final Plan PLAN = Plan.ofTenant(List.of(DAY, MINUTE));
  private static final LeaseId ID = new LeaseId("uid-1", 7);
  private static final Line LINE =
      new Line(1_800_000_000_234L, Amounts.ofTokens(5), Amounts.ofTokens(6));

  record Sample(String version, String name, Object value) {
    @Override
    public String toString() {
      return version + "/" + name;
    }
  }

  static Stream<Sample> samples() {
    QuotaLedger ledger = QuotaLedger.EMPTY
        .after(new Change.Planned(1, PLAN))
        .after(new Change.Granted(2, ID, Plan.TENANT_PATH, Amounts.ofTokens(50), 30_000, false, 0))
        .after(new Change.Reported(
            3, new LeaseId("uid-2", 1), Plan.TENANT_PATH, 4, List.of(LINE), true));
    return Stream.of(
        new Sample("v1", "ledger", of(ledger, Map.of())),
        decided("planned", new Change.Planned(1, PLAN)),
        decided(
            "granted",
            new Change.Granted(2, ID, Plan.TENANT_PATH, Amounts.ofTokens(50), 30_000, true, 0)),
        decided("reported", new Change.Reported(3, ID, Plan.TENANT_PATH, 4, List.of(LINE), true)),
        decided("numbered", new Change.Numbered(4, ID)),
        decided("departed", new Change.Departed(5, "uid-1")),
        decided("forgotten", new Change.Forgotten(6, "uid-1")),
        fromEntity(
            "granted-message",
            new ToNode.Granted(7, 1, 2, Amounts.ofTokens(50), 30_000, true, 234, List.of(room()))),
        fromEntity("refused-message", new ToNode.Refused(7, Amounts.ofTokens(50), room(), 1_500)),
        fromEntity("stale-message", new ToNode.Stale(7)),
        fromEntity("recall-message", new ToNode.Recall(List.of(7L, 8L))),
        fromEntity("acked-message", new ToNode.Acked(7, 4)),
        fromEntity("goodbye-acked-message", new ToNode.GoodbyeAcked()),
        new Sample(
            "v1",
            "balances",
            new TenantQuota.Balances(List.of(new Balance(
                "minute", Unit.TOKENS, MINUTE.window(), 100, 1, 2, 3, 0, 94, 60_000, false)))));
  }

  /** What was added since the first version. */
  static Stream<Sample> secondVersion() {
    Amounts all = new Amounts(50, 30, 20, 1, 2, 7_000);
    Bucket cost = Bucket.of("keys/k/cost", Unit.COST, 9_000, Window.BALANCE).asObserved();
    Plan plan = new Plan(
        Map.of(cost.id(), cost), Map.of("keys/k?gpt-*", List.of(cost.id()), "tenant", List.of()));
    Change.Granted granted =
        new Change.Granted(2, ID, "keys/k?gpt-*", all, 30_000, true, 3_630_000);
    QuotaLedger ledger = QuotaLedger.EMPTY
        .after(new Change.Planned(1, plan))
        .after(granted)
        .after(new Change.Planned(3, PLAN));
    ToNode.Room room = new ToNode.Room("keys/k/cost", Unit.COST, 9_000, -5, ToNode.NEVER, true);
    return Stream.of(
        new Sample("v2", "ledger", ledger),
        new Sample("v2", "granted", new TenantQuota.Decided(List.of(granted))),
        new Sample(
            "v2",
            "refused-message",
            new LeaseAgent.FromEntity("demo", new ToNode.Refused(7, all, room, 0))));
  }

  /** What was added after that. */
  static Stream<Sample> thirdVersion() {
    return Stream.of(
        new Sample(
            "v3", "written-off", new TenantQuota.Decided(List.of(new Change.WrittenOff(7, ID)))),
        new Sample("v3", "written-off-answer", new TenantQuota.WrittenOff(2)));
  }

  private static QuotaLedger of(QuotaLedger ledger, Map<String, Long> heard) {
    return new QuotaLedger(
        ledger.lastAt(),
        ledger.plan(),
        ledger.leases(),
        ledger.spent(),
        ledger.top(),
        heard,
        Map.of());
  }

  private static Sample decided(String name, Change change) {
    return new Sample("v1", name, new TenantQuota.Decided(List.of(change)));
  }

  private static Sample fromEntity(String name, ToNode message) {
    return new Sample("v1", name, new LeaseAgent.FromEntity("demo", message));
  }

  private static ToNode.Room room() {
    return new ToNode.Room("minute", Unit.TOKENS, 100, 40, 60_000);
  }

  @ParameterizedTest
  @MethodSource({"samples", "secondVersion", "thirdVersion"})
  void bytesThatWereShippedCanBeRead(Sample sample) throws IOException {
    Path file = KEPT.resolve(sample.version() + "/" + sample.name() + ".cbor");
    Serialization serialization = SerializationExtension.get(KIT.system());
    if (!Files.exists(file) && Boolean.getBoolean("sluice.wire.write")) {
      Files.createDirectories(file.getParent());
      Files.write(file, serialization.serialize(sample.value()).get());
    }
    var serializer = serialization.findSerializerFor(sample.value());
    String manifest = Serializers.manifestFor(serializer, sample.value());
    Object read = serialization
        .deserialize(Files.readAllBytes(file), serializer.identifier(), manifest)
        .get();
    assertThat(read).isEqualTo(sample.value());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandOfAnEntityCanBeSent(TenantQuota.Command command) {
    KIT.serializationTestKit().verifySerialization(command, true);
  }

  static Stream<TenantQuota.Command> commands() {
    ActorRef<LeaseAgent.Command> node =
        KIT.<LeaseAgent.Command>createTestProbe().getRef();
    ToEntity.Report report =
        new ToEntity.Report("uid-1", 7, Plan.TENANT_PATH, 4, List.of(LINE), true);
    return Stream.of(
        new TenantQuota.FromNode(
            new ToEntity.Ask(
                "uid-1",
                7,
                0,
                Plan.TENANT_PATH,
                List.of(Amounts.ofTokens(3)),
                12,
                Amounts.ofTokens(9),
                List.of(report)),
            node),
        new TenantQuota.FromNode(report, node),
        new TenantQuota.FromNode(new ToEntity.Close("uid-1", 7), node),
        new TenantQuota.FromNode(new ToEntity.Goodbye("uid-1"), node),
        new TenantQuota.WriteOff(KIT.<TenantQuota.WrittenOff>createTestProbe().getRef()),
        new TenantQuota.GetBalances(KIT.<TenantQuota.Balances>createTestProbe().getRef()));
  }

  @Test
  void noKindOfMessageIsWithoutASample() {
    List<Object> values = Stream.concat(
            Stream.concat(samples(), thirdVersion()).map(Sample::value), commands())
        .map(Object.class::cast)
        .toList();
    String all = values.toString();
    for (Class<?> protocol : List.of(
        Change.class,
        ToNode.class,
        ToEntity.class,
        TenantQuota.Event.class,
        TenantQuota.Command.class,
        LeaseAgent.Command.class)) {
      for (Class<?> kind : protocol.getPermittedSubclasses()) {
        if (!NEVER_SENT.contains(kind.getSimpleName())) {
          assertThat(all).contains(kind.getSimpleName() + "[");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource({"samples", "secondVersion", "thirdVersion"})
  void fieldsOfALaterVersionAreReadOver(Sample sample) throws IOException {
    Serialization serialization = SerializationExtension.get(KIT.system());
    ObjectMapper cbor = new ObjectMapper(new CBORFactory());
    JsonNode tree = cbor.readTree(serialization.serialize(sample.value()).get());
    addFields(tree);
    var serializer = serialization.findSerializerFor(sample.value());
    String manifest = Serializers.manifestFor(serializer, sample.value());
    Object read = serialization
        .deserialize(cbor.writeValueAsBytes(tree), serializer.identifier(), manifest)
        .get();
    assertThat(read).isEqualTo(sample.value());
  }

  /** One to every object but maps, whose fields are keys. */
  private static void addFields(JsonNode node) {
    node.properties().forEach(field -> {
      if (MAPS.contains(field.getKey())) {
        field.getValue().forEach(WireFormatTest::addFields);
      } else if (!MAPS_OF_AMOUNTS.contains(field.getKey())) {
        addFields(field.getValue());
      }
    });
    if (node.isArray()) {
      node.forEach(WireFormatTest::addFields);
    } else if (node instanceof ObjectNode object) {
      object.put("later", "value");
    }
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }
}
