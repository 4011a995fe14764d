package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Claude, as a provider: at Anthropic ({@code https://api.anthropic.com}, with the field {@code x-api-key}) and at Vertex (behind
 * {@link dev.sluice.model.vertex.VertexPlace#path} of {@code anthropic}, with a bearer token). Bedrock has it by its own
 * dialect, with the bodies of this one.
 */
public final class MessagesProvider implements ProviderDialect {
  public static final String VERSION_FIELD = "anthropic-version";
  public static final String BETA_FIELD = "anthropic-beta";
  public static final String VERSION = Platform.ANTHROPIC.version();

  private final Platform platform;

  /** At Anthropic itself. */
  public MessagesProvider() {
    this(Platform.ANTHROPIC);
  }

  /** @param platform Anthropic or Vertex */
  public MessagesProvider(Platform platform) {
    this.platform = platform;
  }

  @Override
  public Outgoing ask(Conversation conversation, Terms terms, Losses losses)
      throws UnsayableException {
    byte[] body = bytes(body(platform, conversation, terms, losses));
    Map<String, String> fields =
        platform == Platform.ANTHROPIC ? Map.of(VERSION_FIELD, VERSION) : Map.of();
    return new Outgoing(path(terms, conversation.stream(), false), fields, body);
  }

  /** A conversation as the body of a request. */
  public static ObjectNode body(
      Platform platform, Conversation conversation, Terms terms, Losses losses)
      throws UnsayableException {
    return new MessagesRequest(platform, conversation, terms, losses).body();
  }

  /**
   * A request of a caller who speaks this very dialect, unchanged but for what the terms and the platform demand. The caller's own
   * version is told only to Anthropic itself.
   */
  public Outgoing pass(Question question, Terms terms) {
    boolean counts = question instanceof MessagesQuestion asked && asked.counts();
    String path = path(terms, question.envelope().stream(), counts);
    Map<String, String> fields = new HashMap<>(terms.carried());
    if (platform == Platform.ANTHROPIC) {
      fields.putIfAbsent(VERSION_FIELD, VERSION);
      return new Outgoing(path, fields, question.bodyFor(terms));
    }
    fields.remove(VERSION_FIELD);
    byte[] body = nativeBody(platform, question.bodyFor(terms), "", counts ? terms.model() : "");
    return new Outgoing(path, fields, body);
  }

  /**
   * The body of a caller's own request, as a platform other than Anthropic takes it: without the model, which the path names, and
   * with the version.
   *
   * @param body that was read before: a JSON object
   * @param betas joined by commas, for a platform that takes them in the body; else empty
   * @param model to be named in the body all the same; empty if not
   */
  public static byte[] nativeBody(Platform platform, byte[] body, String betas, String model) {
    Map<String, String> set = new LinkedHashMap<>();
    set.put("anthropic_version", Json.quoted(platform.version()));
    if (!model.isEmpty()) {
      set.put("model", Json.quoted(model));
    }
    if (!betas.isBlank()) {
      List<String> quoted = new ArrayList<>();
      for (String beta : betas.split(",", -1)) {
        quoted.add(Json.quoted(beta.strip()));
      }
      set.put("anthropic_beta", "[" + String.join(",", quoted) + "]");
    }
    Set<String> without =
        platform == Platform.BEDROCK ? Set.of("model", "stream") : Set.of("model");
    try {
      return JsonBody.read(body).with(set, without);
    } catch (UnsayableException e) {
      throw new IllegalStateException("it was read before", e);
    }
  }

  /** Vertex counts under a model of its own; what is counted names its model in the body. */
  private String path(Terms terms, boolean stream, boolean counts) {
    if (platform == Platform.ANTHROPIC) {
      return counts ? "/v1/messages/count_tokens" : "/v1/messages";
    }
    String model = counts
        ? "count-tokens"
        : URLEncoder.encode(terms.model(), StandardCharsets.UTF_8).replace("%40", "@");
    return "/models/" + model + (stream ? ":streamRawPredict" : ":rawPredict");
  }

  private static byte[] bytes(ObjectNode body) {
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public AnswerReader stream() {
    return new MessagesStreamReader();
  }

  @Override
  public AnswerReader document() {
    return new MessagesDocumentReader();
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return Errors.read(status, body);
  }
}
