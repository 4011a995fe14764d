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

/** {@code POST /v1/embeddings}. */
public final class OpenAiEmbeddings implements EmbeddingDialect {
  @Override
  public Embedding read(String path, byte[] body) throws UnsayableException {
    Fields whole = Fields.of(JsonBody.read(body).tree(), "");
    Said<JsonNode> input = whole.take("input");
    if (input == null) {
      throw new UnsayableException("input", "you must send a text");
    }
    List<String> texts = texts(input);
    String format = whole.textOrEmpty("encoding_format");
    if (!format.isEmpty() && !format.equals("float") && !format.equals("base64")) {
      throw new UnsayableException("encoding_format", "must be float or base64");
    }
    whole.pass("user");
    return new Embedding(
        whole.textOrEmpty("model"),
        texts,
        whole.whole("dimensions"),
        null,
        format.equals("base64"),
        input.value().isTextual(),
        whole.rest());
  }

  private static List<String> texts(Said<JsonNode> input) throws UnsayableException {
    List<String> texts = new ArrayList<>();
    Iterable<JsonNode> members = input.value().isArray() ? input.value() : List.of(input.value());
    for (JsonNode member : members) {
      if (!member.isTextual()) {
        throw new UnsayableException(
            input.at(), "must be texts: tokens mean nothing to another vocabulary");
      }
      texts.add(member.textValue());
    }
    if (texts.isEmpty()) {
      throw new UnsayableException(input.at(), "you must send at least one text");
    }
    return texts;
  }

  @Override
  public byte[] answer(Embedding asked, Vectors vectors) {
    ObjectNode answer = Json.MAPPER.createObjectNode().put("object", "list");
    ArrayNode data = answer.putArray("data");
    for (ArrayNode vector : vectors.vectors()) {
      ObjectNode one = data.addObject().put("object", "embedding").put("index", data.size() - 1);
      if (asked.base64()) {
        one.put("embedding", Answered.base64(vector));
      } else {
        one.set("embedding", vector);
      }
    }
    long tokens = vectors.tokens() == null ? 0 : vectors.tokens();
    answer.put("model", asked.model());
    answer.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return answer.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Outgoing ask(Embedding asked, Terms terms, Losses losses) throws UnsayableException {
    for (Said<String> field : asked.beyond()) {
      losses.drop(field.at(), "OpenAI's embeddings have no such field");
    }
    losses.drop(asked.task(), "OpenAI's embeddings are of one kind");
    ObjectNode request = Json.MAPPER.createObjectNode().put("model", terms.model());
    ArrayNode input = request.putArray("input");
    asked.inputs().forEach(input::add);
    Said<Long> dimensions = asked.dimensions();
    if (dimensions != null) {
      request.put("dimensions", dimensions.value());
    }
    request.put("encoding_format", "float");
    return new Outgoing("/embeddings", request.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Vectors vectors(Embedding asked, byte[] body) throws UnsayableException {
    JsonNode answer = Answered.tree(body);
    List<ArrayNode> vectors = new ArrayList<>();
    for (JsonNode one : answer.path("data")) {
      vectors.add(Answered.vector(one.path("embedding")));
    }
    JsonNode tokens = answer.path("usage").path("prompt_tokens");
    return Answered.checked(asked, vectors, tokens.isIntegralNumber() ? tokens.longValue() : null);
  }
}
