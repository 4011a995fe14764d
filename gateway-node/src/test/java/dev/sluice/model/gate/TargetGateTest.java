package dev.sluice.model.gate;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.BehaviorTestKit;
import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class TargetGateTest {
  private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.parseString("""
      akka.actor.provider = local
      akka.loglevel = ERROR
      akka.actor.serialization-bindings { "dev.sluice.state.WireMessage" = jackson-cbor }
      """));
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final GateRule ONE = new GateRule(1, 0, 0, 9, 9);
  private static final long AGO = 1L << 40;

  private long now = 1;
  private long at = 100;
  private final Set<String> members = new HashSet<>(Set.of("m1", "m2"));
  private final List<String> asked = new ArrayList<>();
  private final TestInbox<GateAgent.FromGate> node = TestInbox.create();
  private long term;
  private final BehaviorTestKit<TargetGate.Command> gate = BehaviorTestKit.create(TargetGate.create(
      "d/p",
      LEASE,
      new TargetGate.Peers() {
        @Override
        public Set<String> members() {
          return members;
        }

        @Override
        public void tell(String member, GateAgent.FromGate message) {
          asked.add(member);
          term = ((GateAgent.WhoIsIn) message).term();
        }
      },
      () -> now));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private void ask(long number) {
    at++;
    gate.run(
        new TargetGate.Ask("n", at, ONE, new Wish(number, "t", 1, 30_000, true), node.getRef()));
  }

  private void state(String name, long removedMillis) {
    at++;
    gate.run(new TargetGate.State(
        name, name, at, term, removedMillis, null, NodeState.NOTHING, node.getRef()));
  }

  @Test
  void asksAllWhatTheyHaveBeforeItLetsAnybodyIn() {
    ask(1);
    assertThat(asked).containsExactlyInAnyOrder("m1", "m2");
    state("m1", AGO);
    assertThat(node.hasMessages()).isFalse();
    state("m2", AGO);
    assertThat(node.receiveMessage()).isEqualTo(new GateAgent.In("d/p", term, at - 2, 1, 0));
  }

  @Test
  void waitsForALeaseIfANodeHasGoneWithoutAWord() {
    ask(1);
    state("m1", AGO);
    state("m2", 3000);
    assertThat(node.hasMessages()).isFalse();
    for (int i = 0; i < 4; i++) {
      now += LEASE.toNanos() / 4;
      ask(1);
    }
    assertThat(node.receiveMessage()).isInstanceOf(GateAgent.In.class);
  }

  @Test
  void aMemberThatHasLeftInPeaceNeedNotAnswer() {
    ask(1);
    state("m1", AGO);
    members.remove("m2");
    gate.run(new TargetGate.Tick());
    assertThat(node.receiveMessage()).isInstanceOf(GateAgent.In.class);
  }

  @Test
  void oneThatHasNotRunForAWhileBeginsAnew() {
    ask(1);
    state("m1", AGO);
    state("m2", AGO);
    long before = term;
    assertThat(node.getAllReceived()).hasSize(1);
    asked.clear();
    now += LEASE.toNanos() / 2;
    ask(2);
    assertThat(asked).containsExactlyInAnyOrder("m1", "m2");
    assertThat(term).isGreaterThan(before);
    assertThat(node.hasMessages()).isFalse();
  }

  @Test
  void whoFollowsOneOfAClockAheadIsNewerAllTheSame() {
    long ahead = term + 1_000_000;
    asked.clear();
    at++;
    gate.run(
        new TargetGate.State("n", "m1", at, ahead, AGO, ONE, NodeState.NOTHING, node.getRef()));
    assertThat(term).isEqualTo(ahead + 1);
    assertThat(asked).contains("m2");
  }

  /** What other nodes have sent, as the first version wrote it. */
  @Test
  void messagesAreReadFromTheBytesOfEachVersion() throws IOException {
    TestProbe<GateAgent.FromGate> probe = KIT.createTestProbe();
    String ref = "\""
        + akka.actor.typed.ActorRefResolver.get(KIT.system()).toSerializationFormat(probe.getRef())
        + "\"";
    String rule =
        "{\"inFlight\":1,\"requestsPerMinute\":2,\"tokensPerMinute\":3,\"length\":4,\"perTenant\":5}";
    String wish = "{\"number\":7,\"tenant\":\"t\",\"tokens\":8,\"waitMillis\":9,\"patient\":true}";
    GateRule ofRule = new GateRule(1, 2, 3, 4, 5);
    Wish ofWish = new Wish(7, "t", 8, 9, true);
    Map<Object, String> samples = Map.of(
        new TargetGate.Ask("n", 6, ofRule, ofWish, probe.getRef()),
        "{\"node\":\"n\",\"at\":6,\"rule\":" + rule + ",\"wish\":" + wish + ",\"replyTo\":" + ref
            + "}",
        new TargetGate.Over("n", 6, 7),
        "{\"node\":\"n\",\"at\":6,\"number\":7}",
        new TargetGate.Spent("n", 6, 7, -8),
        "{\"node\":\"n\",\"at\":6,\"ageMillis\":7,\"moreTokens\":-8}",
        new TargetGate.State(
            "n",
            "m",
            6,
            7,
            8,
            ofRule,
            new NodeState(
                List.of(new NodeState.Stay(1, "t")),
                List.of(ofWish),
                List.of(new NodeState.Used(2, 3, 4))),
            probe.getRef()),
        "{\"node\":\"n\",\"member\":\"m\",\"at\":6,\"term\":7,\"removedMillis\":8,\"rule\":" + rule
            + ",\"state\":{\"inside\":[{\"number\":1,\"tenant\":\"t\"}],\"waiting\":[" + wish
            + "],\"used\":[{\"ageMillis\":2,\"requests\":3,\"tokens\":4}]},\"replyTo\":" + ref
            + "}",
        new GateAgent.In("g", 1, 2, 3, 4),
        "{\"gate\":\"g\",\"term\":1,\"at\":2,\"number\":3,\"position\":4}",
        new GateAgent.Out("g", 1, 3, 4, 5),
        "{\"gate\":\"g\",\"term\":1,\"number\":3,\"position\":4,\"retryMillis\":5}",
        new GateAgent.Known("g", 1, 2),
        "{\"gate\":\"g\",\"term\":1,\"at\":2}",
        new GateAgent.WhoIsIn("g", 1),
        "{\"gate\":\"g\",\"term\":1}");
    Serialization wire = SerializationExtension.get(KIT.system());
    for (Map.Entry<Object, String> sample : samples.entrySet()) {
      JsonNode tree = new ObjectMapper().readTree(sample.getValue());
      byte[] kept = new ObjectMapper(new CBORFactory()).writeValueAsBytes(tree);
      var serializer = wire.findSerializerFor(sample.getKey());
      String manifest = Serializers.manifestFor(serializer, sample.getKey());
      assertThat(wire.deserialize(kept, serializer.identifier(), manifest).get())
          .isEqualTo(sample.getKey());
      byte[] written = wire.serialize(sample.getKey()).get();
      assertThat(wire.deserialize(written, serializer.identifier(), manifest).get())
          .isEqualTo(sample.getKey());
    }
    Set<Class<?>> sampled = new HashSet<>();
    samples.keySet().forEach(one -> sampled.add(one.getClass()));
    assertThat(sampled).contains(TargetGate.FromNode.class.getPermittedSubclasses());
    assertThat(sampled).contains(GateAgent.FromGate.class.getPermittedSubclasses());
  }
}
