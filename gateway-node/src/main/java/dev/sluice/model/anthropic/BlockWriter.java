package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Part.Source;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Signature.Maker;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.Turn.Role;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes turns as messages: neighbours of one role are one message, results of tools stand first in theirs, empty texts are left
 * out, and so are thoughts that others signed.
 */
final class BlockWriter {
  private static final Set<String> IMAGES =
      Set.of("image/jpeg", "image/png", "image/gif", "image/webp");

  /** Prefixes of the prompt that the provider keeps at most. */
  private static final int MOST_CACHED = 4;

  private final Platform platform;
  private final Losses losses;
  private int cached;

  BlockWriter(Platform platform, Losses losses) {
    this.platform = platform;
    this.losses = losses;
  }

  ArrayNode system(List<Part.Text> texts) {
    ArrayNode blocks = Json.MAPPER.createArrayNode();
    for (Part.Text text : texts) {
      if (!text.text().isEmpty()) {
        blocks.add(text(text));
      }
    }
    return blocks;
  }

  ArrayNode messages(Conversation conversation) throws UnsayableException {
    ArrayNode messages = Json.MAPPER.createArrayNode();
    List<Turn> turns = conversation.turns();
    for (int i = 0; i < turns.size(); ) {
      Role role = turns.get(i).role();
      List<ObjectNode> results = new ArrayList<>();
      List<ObjectNode> others = new ArrayList<>();
      for (; i < turns.size() && turns.get(i).role() == role; i++) {
        for (Part part : turns.get(i).parts()) {
          ObjectNode block = block(part, role);
          if (block != null) {
            (part instanceof Part.ToolResult ? results : others).add(block);
          }
        }
      }
      if (results.size() + others.size() > 0) {
        ObjectNode message =
            messages.addObject().put("role", role == Role.USER ? "user" : "assistant");
        message.putArray("content").addAll(results).addAll(others);
      }
    }
    return messages;
  }

  /** Null if nothing is to be said. */
  private @Nullable ObjectNode block(Part part, Role role) throws UnsayableException {
    if (part instanceof Part.Text text) {
      return text.text().isEmpty() ? null : text(text);
    }
    if (part instanceof Part.Image image) {
      return role == Role.USER
          ? image(image)
          : none(part.at(), "Claude takes no images of its own");
    }
    if (part instanceof Part.Document document) {
      return role == Role.USER
          ? document(document)
          : none(part.at(), "Claude takes no documents of its own");
    }
    if (part instanceof Part.Thought thought) {
      Signature signature = thought.signature();
      return signature == null || signature.maker() != Maker.ANTHROPIC
          ? null
          : Thoughts.block(thought.text(), signature);
    }
    if (part instanceof Part.ToolUse use) {
      ObjectNode block = block("tool_use").put("id", toolId(use.id())).put("name", use.name());
      block.set("input", use.arguments());
      return block;
    }
    if (part instanceof Part.ToolResult result) {
      return result(result);
    }
    return none(part.at(), "Claude takes no audio");
  }

  private ObjectNode text(Part.Text text) {
    ObjectNode block = block("text").put("text", text.text());
    if (text.cached() && cached < MOST_CACHED) {
      cached++;
      block.putObject("cache_control").put("type", "ephemeral");
    }
    return block;
  }

  private @Nullable ObjectNode image(Part.Image image) throws UnsayableException {
    ObjectNode block = block("image");
    if (image.source() instanceof Source.Bytes bytes) {
      if (!IMAGES.contains(bytes.mediaType())) {
        return none(
            image.at(),
            "Claude takes images as JPEG, PNG, GIF and WebP, not as " + bytes.mediaType());
      }
      source(block, "base64").put("media_type", bytes.mediaType()).put("data", bytes.base64());
      return block;
    }
    if (image.source() instanceof Source.Url url) {
      return byUrl(block, image.at(), url);
    }
    return none(image.at(), "an image can't be a plain text");
  }

  private @Nullable ObjectNode document(Part.Document document) throws UnsayableException {
    ObjectNode block = block("document");
    if (!document.name().isEmpty()) {
      block.put("title", document.name());
    }
    if (document.source() instanceof Source.Url url) {
      return byUrl(block, document.at(), url);
    }
    if (document.source() instanceof Source.PlainText text) {
      return plain(block, text.text());
    }
    Source.Bytes bytes = (Source.Bytes) document.source();
    if (bytes.mediaType().equals("application/pdf")) {
      source(block, "base64").put("media_type", bytes.mediaType()).put("data", bytes.base64());
      return block;
    }
    String text = bytes.mediaType().startsWith("text/") ? decoded(bytes.base64()) : null;
    return text == null
        ? none(
            document.at(), "Claude takes documents as PDF and as text, not as " + bytes.mediaType())
        : plain(block, text);
  }

  private static ObjectNode plain(ObjectNode block, String text) {
    source(block, "text").put("media_type", "text/plain").put("data", text);
    return block;
  }

  private static @Nullable String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private @Nullable ObjectNode byUrl(ObjectNode block, String at, Source.Url url)
      throws UnsayableException {
    if (!platform.fetches() || !url.url().startsWith("https://")) {
      return none(at, "Claude does not fetch this URL here; send the bytes instead");
    }
    source(block, "url").put("url", url.url());
    return block;
  }

  private ObjectNode result(Part.ToolResult result) throws UnsayableException {
    ObjectNode block = block("tool_result").put("tool_use_id", toolId(result.id()));
    ArrayNode content = Json.MAPPER.createArrayNode();
    for (Part part : result.content()) {
      ObjectNode inner = block(part, Role.USER);
      if (inner != null) {
        content.add(inner);
      }
    }
    if (!content.isEmpty()) {
      block.set("content", content);
    }
    if (result.error()) {
      block.put("is_error", true);
    }
    return block;
  }

  /** Ids may have letters, digits, {@code _} and {@code -}. */
  private static String toolId(String id) {
    String clean = id.replaceAll("[^a-zA-Z0-9_-]", "_");
    return clean.isEmpty() ? "_" : clean;
  }

  private @Nullable ObjectNode none(String at, String why) throws UnsayableException {
    losses.drop(at, why);
    return null;
  }

  private static ObjectNode block(String type) {
    return Json.MAPPER.createObjectNode().put("type", type);
  }

  private static ObjectNode source(ObjectNode block, String type) {
    return block.putObject("source").put("type", type);
  }
}
