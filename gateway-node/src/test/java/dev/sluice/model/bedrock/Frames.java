package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Json;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** Writes frames as Bedrock does. */
public final class Frames {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /**
   * An event of Converse's.
   *
   * @param json with ' for "
   */
  public Frames event(String type, String json) {
    return add("event", ":event-type", type, json.replace('\'', '"'));
  }

  Frames exception(String type, String json) {
    return add("exception", ":exception-type", type, json.replace('\'', '"'));
  }

  /** Claude's own event, in a chunk. */
  Frames chunk(String event) {
    String base64 = Base64.getEncoder().encodeToString(event.getBytes(StandardCharsets.UTF_8));
    return add("event", ":event-type", "chunk", "{\"bytes\":\"" + base64 + "\",\"p\":\"abcdef\"}");
  }

  /** The events of a stream of Anthropic's, each in a chunk. */
  public Frames chunks(String sse) {
    sse.lines().filter(line -> line.startsWith("data: ")).forEach(line -> {
      JsonNode event = Json.tree(line.substring(6).getBytes(StandardCharsets.UTF_8));
      if (!event.path("type").asText().equals("ping")) {
        chunk(event.toString());
      }
    });
    return this;
  }

  Frames error(String code, String message) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put(":message-type", "error");
    fields.put(":error-code", code);
    fields.put(":error-message", message);
    out.writeBytes(frame(texts(fields), new byte[0]));
    return this;
  }

  private Frames add(String kind, String typeField, String type, String payload) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put(typeField, type);
    fields.put(":content-type", "application/json");
    fields.put(":message-type", kind);
    out.writeBytes(frame(texts(fields), payload.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  public byte[] bytes() {
    return out.toByteArray();
  }

  static byte[] texts(Map<String, String> fields) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    fields.forEach((name, value) -> {
      byte[] text = value.getBytes(StandardCharsets.UTF_8);
      all.write(name.length());
      all.writeBytes(name.getBytes(StandardCharsets.UTF_8));
      all.write(7);
      all.write(text.length >> 8);
      all.write(text.length);
      all.writeBytes(text);
    });
    return all.toByteArray();
  }

  static byte[] frame(byte[] fields, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(16 + fields.length + payload.length);
    frame.putInt(frame.capacity()).putInt(fields.length);
    frame.putInt(crc(frame.array(), 8));
    frame.put(fields).put(payload);
    frame.putInt(crc(frame.array(), frame.position()));
    return frame.array();
  }

  private static int crc(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
