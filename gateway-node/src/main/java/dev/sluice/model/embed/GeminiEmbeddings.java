package dev.sluice.model.embed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Fields;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1beta/models/M:embedContent} and {@code :batchEmbedContents}. */
public final class GeminiEmbeddings implements EmbeddingDialect {
  private static final String EMBED = ":embedContent";
  private static final String SEVERAL = ":batchEmbedContents";
  private static final String MODELS = "models/";

  @Override
  public Embedding read(String path, byte[] body) throws UnsayableException {
    String bare = path.contains("?") ? path.substring(0, path.indexOf('?')) : path;
    boolean single = bare.endsWith(EMBED);
    int from = bare.indexOf("/" + MODELS) + 1 + MODELS.length();
    int to = bare.length() - (single ? EMBED : SEVERAL).length();
    if (from <= MODELS.length() || to <= from || !single && !bare.endsWith(SEVERAL)) {
      throw new UnsayableException("model", "the path must be /v1beta/models/MODEL" + EMBED);
    }
    Fields whole = Fields.of(JsonBody.read(body).tree(), "");
    List<Fields> requests = single ? List.of(whole) : whole.list("requests");
    if (requests.isEmpty()) {
      throw new UnsayableException("requests", "you must send at least one request");
    }
    List<String> inputs = new ArrayList<>();
    List<Said<String>> beyond = new ArrayList<>();
    Said<Long> dimensions = null;
    Said<String> task = null;
    for (Fields request : requests) {
      inputs.add(text(request, beyond));
      Said<Long> wanted = request.whole("outputDimensionality", "output_dimensionality");
      Said<String> named = request.text("taskType", "task_type");
      if (inputs.size() > 1 && !(same(dimensions, wanted) && same(task, named))) {
        throw new UnsayableException(
            request.at(), "must ask for the same as the requests before it");
      }
      dimensions = wanted;
      task = named;
      request.pass("model");
      beyond.addAll(request.rest());
    }
    if (!single) {
      beyond.addAll(whole.rest());
    }
    return new Embedding(bare.substring(from, to), inputs, dimensions, task, false, single, beyond);
  }

  private static boolean same(@Nullable Said<?> one, @Nullable Said<?> other) {
    return one == null || other == null
        ? one == null && other == null
        : one.value().equals(other.value());
  }

  private static String text(Fields request, List<Said<String>> beyond) throws UnsayableException {
    StringBuilder text = new StringBuilder();
    for (Fields content : request.oneOrMore("content")) {
      for (Fields part : content.oneOrMore("parts")) {
        Said<String> said = part.text("text");
        if (said == null) {
          throw new UnsayableException(part.at(), "must be a text");
        }
        text.append(text.length() == 0 ? "" : "\n").append(said.value());
        beyond.addAll(part.rest());
      }
    }
    if (text.length() == 0) {
      throw new UnsayableException(request.at("content"), "you must send a text");
    }
    return text.toString();
  }

  @Override
  public byte[] answer(Embedding asked, Vectors vectors) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    if (asked.single()) {
      answer.putObject("embedding").set("values", vectors.vectors().get(0));
    } else {
      ArrayNode all = answer.putArray("embeddings");
      vectors.vectors().forEach(vector -> all.addObject().set("values", vector));
    }
    if (vectors.tokens() != null) {
      answer
          .putObject("usageMetadata")
          .put("promptTokenCount", vectors.tokens())
          .put("totalTokenCount", vectors.tokens());
    }
    return answer.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Outgoing ask(Embedding asked, Terms terms, Losses losses) throws UnsayableException {
    for (Said<String> field : asked.beyond()) {
      losses.drop(field.at(), "Gemini's embeddings have no such field");
    }
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode requests = body.putArray("requests");
    String model = terms.model().startsWith(MODELS) ? terms.model() : MODELS + terms.model();
    for (String input : asked.inputs()) {
      ObjectNode request = requests.addObject().put("model", model);
      request.putObject("content").putArray("parts").addObject().put("text", input);
      Said<Long> dimensions = asked.dimensions();
      if (dimensions != null) {
        request.put("outputDimensionality", dimensions.value());
      }
      Said<String> task = asked.task();
      if (task != null) {
        request.put("taskType", task.value());
      }
    }
    return new Outgoing("/" + model + SEVERAL, body.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Vectors vectors(Embedding asked, byte[] body) throws UnsayableException {
    JsonNode answer = Answered.tree(body);
    List<ArrayNode> vectors = new ArrayList<>();
    if (answer.has("embedding")) {
      vectors.add(Answered.vector(answer.path("embedding").path("values")));
    }
    for (JsonNode one : answer.path("embeddings")) {
      vectors.add(Answered.vector(one.path("values")));
    }
    JsonNode tokens = answer.path("usageMetadata").path("promptTokenCount");
    return Answered.checked(asked, vectors, tokens.isIntegralNumber() ? tokens.longValue() : null);
  }
}
