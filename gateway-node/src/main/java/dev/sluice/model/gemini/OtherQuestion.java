package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Fields;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A request for something else than content: a count of tokens, or embeddings. Only Gemini's own API has it. */
final class OtherQuestion implements Question {
  static final String COUNT = "countTokens";
  static final String EMBED = "embedContent";
  static final String EMBED_SEVERAL = "batchEmbedContents";
  private static final Set<String> METHODS = Set.of(COUNT, EMBED, EMBED_SEVERAL);
  private static final String MODEL = "model";

  private final JsonBody body;
  private final Envelope envelope;
  private final String method;

  private OtherQuestion(JsonBody body, Envelope envelope, String method) {
    this.body = body;
    this.envelope = envelope;
    this.method = method;
  }

  static boolean has(String method) {
    return METHODS.contains(method);
  }

  static OtherQuestion read(GeminiPath path, JsonBody body) throws UnsayableException {
    Fields whole = Fields.of(body.tree(), "");
    GeminiInput input = new GeminiInput();
    switch (path.method()) {
      case COUNT -> input.read(counted(whole));
      case EMBED -> input.embedded(whole);
      default -> {
        List<Fields> requests = whole.list("requests");
        if (requests.isEmpty()) {
          throw new UnsayableException("requests", "you must send at least one request");
        }
        for (Fields request : requests) {
          input.embedded(request);
        }
      }
    }
    return new OtherQuestion(body, input.envelope(path.model(), false, 1, 0L), path.method());
  }

  /** The request whose tokens are counted: this one, or one in it. */
  private static Fields counted(Fields whole) throws UnsayableException {
    Fields inner = whole.fields("generateContentRequest", "generate_content_request");
    return inner == null ? whole : inner;
  }

  /** Whether it asks for a count of tokens. */
  boolean counts() {
    return method.equals(COUNT);
  }

  /** The conversation whose tokens are counted. */
  Conversation counted() throws UnsayableException {
    ObjectNode inner = counted(Fields.of(body.tree(), "")).object();
    byte[] json = inner.toString().getBytes(StandardCharsets.UTF_8);
    return GeminiReader.read(JsonBody.read(json), envelope);
  }

  @Override
  public Envelope envelope() {
    return envelope;
  }

  /** The model stands in the path, and also in the body where the caller says it there. */
  @Override
  public byte[] bodyFor(Terms terms) {
    ObjectNode whole = body.tree().deepCopy();
    String model = GeminiPath.full(terms.model());
    boolean changed = named(whole, model);
    changed |= named(whole.path("generateContentRequest"), model);
    changed |= named(whole.path("generate_content_request"), model);
    for (JsonNode request : whole.path("requests")) {
      changed |= named(request, model);
    }
    return changed ? whole.toString().getBytes(StandardCharsets.UTF_8) : body.with(Map.of());
  }

  private static boolean named(JsonNode request, String model) {
    if (request instanceof ObjectNode object && object.path(MODEL).isTextual()) {
      boolean other = !object.path(MODEL).textValue().equals(model);
      object.put(MODEL, model);
      return other;
    }
    return false;
  }

  @Override
  public String pathFor(Terms terms) {
    return GeminiPath.to(terms.model(), method);
  }

  @Override
  public Conversation conversation() throws UnsayableException {
    throw new UnsayableException(MODEL, "the model's provider has no " + method);
  }
}
