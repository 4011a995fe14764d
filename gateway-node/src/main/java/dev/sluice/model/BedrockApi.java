package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.ingress.ModelProvider;
import dev.sluice.model.bedrock.AwsKey;
import dev.sluice.model.bedrock.ConverseProvider;
import dev.sluice.model.bedrock.FramesAsEvents;
import dev.sluice.model.bedrock.InvokeProvider;
import dev.sluice.model.bedrock.SigV4;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Amazon Bedrock. A caller of Anthropic's dialect reaches Claude with its own body; all other conversations are said in
 * Converse, which each of its models knows.
 */
final class BedrockApi implements ProviderApi {
  private static final String SERVICE = "bedrock";
  private static final String FRAMES = "application/vnd.amazon.eventstream";
  private static final InvokeProvider CLAUDE = new InvokeProvider();
  private static final ProviderDialect CONVERSE = new ConverseProvider();

  private final String region;
  private final InstantSource clock;

  BedrockApi(ModelProvider provider, InstantSource clock) {
    this.region = provider.place().region();
    this.clock = clock;
  }

  @Override
  public @Nullable Outgoing natively(Action.Call call, Question question, Terms terms) {
    return call == Action.Call.MESSAGES && terms.model().contains("anthropic.claude")
        ? CLAUDE.pass(question, terms)
        : null;
  }

  @Override
  public ProviderDialect conversations(String model) {
    return CONVERSE;
  }

  @Override
  public ProviderDialect errors(Action.Call call, String model) {
    return CLAUDE;
  }

  @Override
  public Map<String, String> fields(String proof, Sent request) {
    if (!AwsKey.is(proof)) {
      return Map.of("Authorization", "Bearer " + proof);
    }
    SigV4.Request signed = new SigV4.Request(
        "POST",
        request.authority(),
        request.target(),
        Map.of("content-type", request.contentType()),
        request.body());
    return new SigV4(AwsKey.read(proof), region, SERVICE).fields(signed, clock.instant());
  }

  @Override
  public @Nullable UnaryOperator<byte[]> unwrapped(String contentType) {
    if (!contentType.startsWith(FRAMES)) {
      return null;
    }
    FramesAsEvents events = new FramesAsEvents();
    return piece -> events.pass(piece, 0, piece.length);
  }
}
