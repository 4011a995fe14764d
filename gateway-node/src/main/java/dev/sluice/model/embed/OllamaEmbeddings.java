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

/** {@code POST /api/embed}, and the older {@code /api/embeddings}, which has one text and no usage. */
public final class OllamaEmbeddings implements EmbeddingDialect {
  @Override
  public Embedding read(String path, byte[] body) throws UnsayableException {
    boolean older = path.endsWith("/api/embeddings");
    Fields whole = Fields.of(JsonBody.read(body).tree(), "");
    Said<List<String>> input = whole.texts(older ? "prompt" : "input");
    if (input == null || input.value().isEmpty()) {
      throw new UnsayableException(older ? "prompt" : "input", "you must send a text");
    }
    whole.pass("keep_alive", "truncate", "options");
    return new Embedding(
        whole.textOrEmpty("model"),
        input.value(),
        whole.whole("dimensions"),
        null,
        false,
        older,
        whole.rest());
  }

  @Override
  public byte[] answer(Embedding asked, Vectors vectors) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    if (asked.single()) {
      answer.set("embedding", vectors.vectors().get(0));
    } else {
      answer.put("model", asked.model());
      ArrayNode all = answer.putArray("embeddings");
      vectors.vectors().forEach(all::add);
      if (vectors.tokens() != null) {
        answer.put("prompt_eval_count", vectors.tokens());
      }
    }
    return answer.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Outgoing ask(Embedding asked, Terms terms, Losses losses) throws UnsayableException {
    for (Said<String> field : asked.beyond()) {
      losses.drop(field.at(), "Ollama's embeddings have no such field");
    }
    losses.drop(asked.task(), "Ollama's embeddings are of one kind");
    ObjectNode request = Json.MAPPER.createObjectNode().put("model", terms.model());
    ArrayNode input = request.putArray("input");
    asked.inputs().forEach(input::add);
    Said<Long> dimensions = asked.dimensions();
    if (dimensions != null) {
      request.put("dimensions", dimensions.value());
    }
    return new Outgoing("/api/embed", request.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Vectors vectors(Embedding asked, byte[] body) throws UnsayableException {
    JsonNode answer = Answered.tree(body);
    List<ArrayNode> vectors = new ArrayList<>();
    for (JsonNode vector : answer.path("embeddings")) {
      vectors.add(Answered.vector(vector));
    }
    JsonNode tokens = answer.path("prompt_eval_count");
    return Answered.checked(asked, vectors, tokens.isIntegralNumber() ? tokens.longValue() : null);
  }
}
