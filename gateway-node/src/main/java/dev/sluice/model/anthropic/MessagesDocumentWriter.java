package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a whole message. */
final class MessagesDocumentWriter implements AnswerWriter, MessageBlocks.Listener {
  private final AnswerTerms terms;
  private final MessageBlocks blocks = new MessageBlocks(this);
  private final ArrayNode content = Json.MAPPER.createArrayNode();
  private final StringBuilder growing = new StringBuilder();
  private TokenUsage usage = TokenUsage.NONE;
  private String id;

  MessagesDocumentWriter(AnswerTerms terms) {
    this.terms = terms;
    this.id = "msg_" + terms.id();
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream out) {
    if (event instanceof AnswerEvent.Began began) {
      id = began.id().isEmpty() ? id : began.id();
    } else if (event instanceof AnswerEvent.Used used) {
      usage = used.usage();
    } else {
      blocks.take(event);
    }
  }

  @Override
  public void end(ByteArrayOutputStream out) {
    blocks.close();
    ObjectNode message = Json.MAPPER
        .createObjectNode()
        .put("id", id)
        .put("type", "message")
        .put("role", "assistant")
        .put("model", terms.model());
    message.set("content", content);
    blocks.stop(message);
    MessageUsage.write(usage, message.putObject("usage"));
    out.writeBytes(message.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void begins(int index, ObjectNode block) {
    content.add(block);
    growing.setLength(0);
  }

  @Override
  public void grows(int index, ObjectNode delta) {
    ObjectNode block = (ObjectNode) content.get(index);
    switch (delta.path("type").asText()) {
      case "signature_delta" -> block.put("signature", delta.path("signature").asText());
      case "thinking_delta" -> growing.append(delta.path("thinking").asText());
      case "text_delta" -> growing.append(delta.path("text").asText());
      default -> growing.append(delta.path("partial_json").asText());
    }
  }

  @Override
  public void ends(int index) {
    ObjectNode block = (ObjectNode) content.get(index);
    switch (block.path("type").asText()) {
      case "text" -> block.put("text", growing.toString());
      case "thinking" -> block.put("thinking", growing.toString());
      case "tool_use" -> block.set("input", input());
      default -> {}
    }
  }

  private JsonNode input() {
    JsonNode read = Json.tree(growing.toString().getBytes(StandardCharsets.UTF_8));
    return read != null && read.isObject() ? read : Json.MAPPER.createObjectNode();
  }
}
