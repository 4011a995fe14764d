package dev.sluice.model.health;

import static dev.sluice.model.health.HealthSamples.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.BehaviorTestKit;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetHealthTest {
  private static final String ID = "target d/p/m";

  private final NodeHealth here = new NodeHealth("here", SETTINGS, System::nanoTime);
  private final List<HealthNews> news = new ArrayList<>();

  private BehaviorTestKit<TargetHealth.Command> started() {
    return BehaviorTestKit.create(TargetHealth.create(ID, here, news::add));
  }

  private static TargetHealth.Seen limited(String node, int seconds) {
    return new TargetHealth.Seen(node, Sign.LIMITED, seconds * 1000L);
  }

  @Test
  void tellsAllNodesOfACoolDownAndLeavesTheTrialToWhomItTold() {
    started().run(limited("one", 30));
    assertThat(news).hasSize(1);
    HealthNews told = news.get(0);
    assertThat(told.level()).isEqualTo(1);
    assertThat(told.trial()).isEqualTo("one");
    assertThat(told.coolMillis()).isBetween(29_000L, 30_000L);
  }

  @Test
  void countsFailuresOfAllNodesTogetherAndTellsNothingBefore() {
    BehaviorTestKit<TargetHealth.Command> actor = started();
    for (String node : List.of("one", "two", "three")) {
      assertThat(news).isEmpty();
      actor.run(new TargetHealth.Seen(node, Sign.FAILED, -1));
    }
    assertThat(news).hasSize(1);
  }

  @Test
  void givesTheTrialToNobodyElseBeforeTheDeadline() {
    BehaviorTestKit<TargetHealth.Command> actor = started();
    actor.run(limited("one", 30));
    actor.run(new TargetHealth.WantsTrial("two"));
    assertThat(news).hasSize(1);
  }

  @Test
  void tellsThatItIsWellAgainToANodeThatHasMissedIt() {
    started().run(new TargetHealth.WantsTrial("two"));
    assertThat(news).hasSize(1);
    assertThat(news.get(0).level()).isZero();
  }

  @Test
  void beginsWithWhatItsNodeKnowsWhenItTakesOver() {
    here.hear(new HealthNews(ID, 9, 2, Sign.LIMITED, 60_000, "one"));
    BehaviorTestKit<TargetHealth.Command> actor = started();
    actor.run(limited("two", 10));
    assertThat(news).as("a shorter one changes nothing").isEmpty();
    actor.run(limited("two", 100));
    assertThat(news.get(0).coolMillis()).isGreaterThan(99_000);
    assertThat(news.get(0).version()).isGreaterThan(9);
  }

  /** What other nodes have sent or kept, as the first version wrote it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Seen | {\"message\":\"seen\",\"node\":\"n\",\"sign\":\"LIMITED\",\"retryAfterMillis\":7}",
        "WantsTrial | {\"message\":\"wants-trial\",\"node\":\"n\"}",
        "HealthNews | {\"id\":\"i\",\"version\":7,\"level\":2,\"why\":\"FAILED\",\"coolMillis\":9,\"trial\":\"n\"}"
      })
  void isReadFromTheBytesOfEachVersion(String type, String json) throws IOException {
    Object value = switch (type) {
      case "Seen" -> new TargetHealth.Seen("n", Sign.LIMITED, 7);
      case "WantsTrial" -> new TargetHealth.WantsTrial("n");
      default -> new HealthNews("i", 7, 2, Sign.FAILED, 9, "n");
    };
    ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString("""
        akka.actor.provider = local
        akka.loglevel = ERROR
        akka.actor.serialization-bindings { "dev.sluice.state.WireMessage" = jackson-cbor }
        """));
    try {
      Serialization wire = SerializationExtension.get(kit.system());
      JsonNode tree = new ObjectMapper().readTree(json);
      byte[] kept = new ObjectMapper(new CBORFactory()).writeValueAsBytes(tree);
      var serializer = wire.findSerializerFor(value);
      String manifest = Serializers.manifestFor(serializer, value);
      assertThat(wire.deserialize(kept, serializer.identifier(), manifest).get())
          .isEqualTo(value);
      byte[] written = wire.serialize(value).get();
      assertThat(wire.deserialize(written, serializer.identifier(), manifest).get())
          .isEqualTo(value);
    } finally {
      kit.shutdownTestKit();
    }
  }

  @Test
  void hasASampleOfEachMessage() {
    assertThat(TargetHealth.Command.class.getPermittedSubclasses())
        .containsExactlyInAnyOrder(TargetHealth.Seen.class, TargetHealth.WantsTrial.class);
  }
}
