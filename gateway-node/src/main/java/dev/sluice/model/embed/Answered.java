package dev.sluice.model.embed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.UnsayableException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What answers of all dialects must be. */
final class Answered {
  private static final String BODY = "body";

  private Answered() {}

  static JsonNode tree(byte[] body) throws UnsayableException {
    JsonNode tree = Json.tree(body);
    if (tree == null || !tree.isObject()) {
      throw new UnsayableException(BODY, "the provider's answer is not a JSON object");
    }
    return tree;
  }

  static Vectors checked(Embedding asked, List<ArrayNode> vectors, @Nullable Long tokens)
      throws UnsayableException {
    if (vectors.size() != asked.inputs().size()) {
      throw new UnsayableException(
          BODY,
          "the provider answered " + vectors.size() + " vectors to "
              + asked.inputs().size() + " texts");
    }
    return new Vectors(vectors, tokens);
  }

  /** A list of numbers, or base64 of floats. */
  static ArrayNode vector(JsonNode told) throws UnsayableException {
    if (told.isTextual()) {
      return floats(told.textValue());
    }
    if (told instanceof ArrayNode numbers) {
      for (JsonNode number : numbers) {
        if (!number.isNumber()) {
          throw new UnsayableException(BODY, "a vector of the provider's is not a list of numbers");
        }
      }
      return numbers;
    }
    throw new UnsayableException(BODY, "the provider's answer has no vector");
  }

  private static ArrayNode floats(String base64) throws UnsayableException {
    try {
      ByteBuffer bytes =
          ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
      ArrayNode numbers = Json.MAPPER.createArrayNode();
      while (bytes.remaining() >= Float.BYTES) {
        numbers.add(bytes.getFloat());
      }
      return numbers;
    } catch (IllegalArgumentException e) {
      throw new UnsayableException(BODY, "a vector of the provider's is not base64");
    }
  }

  static String base64(ArrayNode vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    vector.forEach(number -> bytes.putFloat(number.floatValue()));
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
