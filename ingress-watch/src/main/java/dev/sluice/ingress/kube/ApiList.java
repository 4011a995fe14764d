package dev.sluice.ingress.kube;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.manifest.ManifestReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * One page of a list. Each object is read by itself and let go at once.
 *
 * @param version from which a watch goes on
 * @param next token of the page after this, or empty
 */
record ApiList(String version, String next) {
  /** Larger ConfigMaps are none that configure a gateway, and passed over. */
  private static final int MOST_CONFIG_CHARS = 64 << 10;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** @param objects to which those of this page are added */
  static ApiList read(Watched what, InputStream body, Map<ObjectKey, Seen.Entry> objects) {
    JsonNode metadata = JSON.missingNode();
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the API server's list is no object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (field.equals("items") && value == JsonToken.START_ARRAY) {
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            JsonNode object = JSON.readTree(parser);
            objects.put(key(what, object), entry(what, object));
          }
        } else if (field.equals("metadata")) {
          metadata = JSON.readTree(parser);
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ApiList(
        metadata.path("resourceVersion").asText(), metadata.path("continue").asText());
  }

  static ObjectKey key(Watched what, JsonNode object) {
    JsonNode metadata = object.path("metadata");
    return new ObjectKey(
        what.kind(), metadata.path("namespace").asText(), metadata.path("name").asText());
  }

  /** Items of a list don't say what they are. */
  static Seen.Entry entry(Watched what, JsonNode object) {
    if (object instanceof ObjectNode own) {
      own.put("apiVersion", what.apiVersion()).put("kind", what.kind());
    }
    if (what.kind().equals("ConfigMap") && chars(object.path("data")) > MOST_CONFIG_CHARS) {
      return new Seen.Entry(null, List.of());
    }
    ManifestReader reader = new ManifestReader();
    Declaration declared = reader.readObject(object, DeclaredAt.API_SERVER);
    return new Seen.Entry(declared, List.copyOf(reader.problems()));
  }

  private static long chars(JsonNode texts) {
    long chars = 0;
    for (JsonNode text : texts) {
      chars += text.textValue() == null ? 0 : text.textValue().length();
    }
    return chars;
  }
}
