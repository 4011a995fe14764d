package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.util.List;

/** Says turns as messages: neighbours of one role in one, and in each the results of tools before all else. */
final class MessageTurns {
  private final Losses losses;

  MessageTurns(Losses losses) {
    this.losses = losses;
  }

  ArrayNode of(List<Turn> turns) throws UnsayableException {
    ArrayNode messages = Json.MAPPER.createArrayNode();
    for (Turn turn : Turn.merged(turns)) {
      Turn.Role role = turn.role();
      List<Part> parts = turn.parts();
      ArrayNode content = Json.MAPPER.createArrayNode();
      for (Part part : parts) {
        if (part instanceof Part.ToolResult) {
          add(part, content);
        }
      }
      for (Part part : parts) {
        if (!(part instanceof Part.ToolResult)) {
          add(part, content);
        }
      }
      if (!content.isEmpty()) {
        messages
            .addObject()
            .put("role", role == Turn.Role.USER ? "user" : "assistant")
            .set("content", content);
      }
    }
    return messages;
  }

  static void cache(ObjectNode block, boolean cached) {
    if (cached) {
      block.putObject("cache_control").put("type", "ephemeral");
    }
  }

  private void add(Part part, ArrayNode content) throws UnsayableException {
    if (part instanceof Part.Text text) {
      if (!text.text().isEmpty()) {
        ObjectNode block = content.addObject().put("type", "text").put("text", text.text());
        cache(block, text.cached());
      }
    } else if (part instanceof Part.Thought thought) {
      thought(thought, content);
    } else if (part instanceof Part.ToolUse use) {
      ObjectNode block = content.addObject().put("type", "tool_use");
      block.put("id", id(use.id())).put("name", use.name()).set("input", use.arguments());
    } else if (part instanceof Part.ToolResult result) {
      result(result, content);
    } else if (part instanceof Part.Image image) {
      content.addObject().put("type", "image").set("source", source(image.source()));
    } else if (part instanceof Part.Document document) {
      ObjectNode block = content.addObject().put("type", "document");
      block.set("source", source(document.source()));
      if (!document.name().isEmpty()) {
        block.put("title", document.name());
      }
    } else {
      losses.drop(part.at(), "Anthropic's API takes no audio");
    }
  }

  /** Without its own mark, a thought is nothing that Anthropic would take back. */
  private static void thought(Part.Thought thought, ArrayNode content) {
    Signature signature = thought.signature();
    if (signature == null || signature.maker() != Signature.Maker.ANTHROPIC) {
      return;
    }
    if (signature.value().startsWith(ContentBlocks.REDACTED)) {
      content
          .addObject()
          .put("type", "redacted_thinking")
          .put("data", signature.value().substring(ContentBlocks.REDACTED.length()));
    } else {
      content
          .addObject()
          .put("type", "thinking")
          .put("thinking", thought.text())
          .put("signature", signature.value());
    }
  }

  private void result(Part.ToolResult result, ArrayNode content) throws UnsayableException {
    ObjectNode block =
        content.addObject().put("type", "tool_result").put("tool_use_id", id(result.id()));
    ArrayNode inner = block.putArray("content");
    for (Part part : result.content()) {
      add(part, inner);
    }
    if (result.error()) {
      block.put("is_error", true);
    }
  }

  /** Anthropic takes letters, digits, {@code _} and {@code -} in ids. */
  private static String id(String id) {
    return id.replaceAll("[^A-Za-z0-9_-]", "_");
  }

  private static ObjectNode source(Part.Source source) {
    ObjectNode said = Json.MAPPER.createObjectNode();
    if (source instanceof Part.Source.Bytes bytes) {
      said.put("type", "base64").put("media_type", bytes.mediaType()).put("data", bytes.base64());
    } else if (source instanceof Part.Source.Url url) {
      said.put("type", "url").put("url", url.url());
    } else if (source instanceof Part.Source.PlainText text) {
      said.put("type", "text").put("media_type", "text/plain").put("data", text.text());
    }
    return said;
  }
}
