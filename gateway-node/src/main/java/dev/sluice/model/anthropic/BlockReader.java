package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Fields;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Part.Source;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Signature.Maker;
import dev.sluice.model.chat.UnsayableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads content blocks. Blocks that only this dialect has are beyond, and left out. */
final class BlockReader {
  private final List<Said<String>> beyond;
  private final Map<String, String> toolNames = new HashMap<>();

  BlockReader(List<Said<String>> beyond) {
    this.beyond = beyond;
  }

  /** @param content a text or a list of blocks */
  List<Part> content(@Nullable Said<JsonNode> content) throws UnsayableException {
    List<Part> parts = new ArrayList<>();
    if (content == null) {
      return parts;
    }
    if (content.value().isTextual()) {
      parts.add(new Part.Text(content.at(), content.value().textValue()));
      return parts;
    }
    if (!content.value().isArray()) {
      throw new UnsayableException(content.at(), "must be a text or a list of blocks");
    }
    for (int i = 0; i < content.value().size(); i++) {
      Fields block = Fields.of(content.value().path(i), content.at() + "[" + i + "]");
      Part part = part(block);
      if (part != null) {
        parts.add(part);
      }
    }
    return parts;
  }

  /** Texts only, as instructions are. */
  List<Part.Text> texts(@Nullable Said<JsonNode> content) throws UnsayableException {
    List<Part.Text> texts = new ArrayList<>();
    for (Part part : content(content)) {
      if (!(part instanceof Part.Text text)) {
        throw new UnsayableException(part.at(), "must be a text block");
      }
      texts.add(text);
    }
    return texts;
  }

  /** Null if the block is beyond. */
  private @Nullable Part part(Fields block) throws UnsayableException {
    Said<String> type = block.text("type");
    if (type == null) {
      throw new UnsayableException(block.at("type"), "must name the kind of the block");
    }
    Said<JsonNode> cache = block.take("cache_control");
    Part part = switch (type.value()) {
      case "text" -> text(block, cache != null);
      case "image" -> image(block);
      case "document" -> document(block);
      case "tool_use" -> toolUse(block);
      case "tool_result" -> toolResult(block);
      case "thinking" -> thinking(block);
      case "redacted_thinking" ->
        new Part.Thought(block.at(), "", Thoughts.redacted(needed(block, "data")));
      default -> null;
    };
    if (part == null) {
      beyond.add(new Said<>(type.value(), block.at()));
    } else {
      beyond.addAll(block.rest());
    }
    return part;
  }

  private static Part text(Fields block, boolean cached) throws UnsayableException {
    block.pass("citations");
    return new Part.Text(block.at(), needed(block, "text"), cached);
  }

  private static @Nullable Part image(Fields block) throws UnsayableException {
    Fields source = object(block, "source");
    block.pass("transformations");
    Source from = bytesOrUrl(source, "");
    return from == null ? null : new Part.Image(block.at(), from, "");
  }

  private static @Nullable Source bytesOrUrl(Fields source, String mediaType)
      throws UnsayableException {
    return switch (needed(source, "type")) {
      case "base64" -> new Source.Bytes(needed(source, "media_type"), needed(source, "data"));
      case "url" -> new Source.Url(mediaType, needed(source, "url"));
      default -> null;
    };
  }

  private @Nullable Part document(Fields block) throws UnsayableException {
    Fields source = object(block, "source");
    String title = block.textOrEmpty("title");
    Fields citations = block.fields("citations");
    if (citations != null && citations.isTrue("enabled")) {
      beyond.add(new Said<>("citations", citations.at()));
    }
    Source from = switch (needed(source, "type")) {
      case "text" -> new Source.PlainText(needed(source, "data"));
      case "content" -> plain(content(source.take("content")));
      default -> bytesOrUrl(source, "application/pdf");
    };
    return from == null ? null : new Part.Document(block.at(), from, title);
  }

  /** The texts of a document, line by line; null if it has more than texts. */
  private static @Nullable Source plain(List<Part> parts) {
    List<String> lines = new ArrayList<>();
    for (Part part : parts) {
      if (!(part instanceof Part.Text text)) {
        return null;
      }
      lines.add(text.text());
    }
    return new Source.PlainText(String.join("\n", lines));
  }

  private Part toolUse(Fields block) throws UnsayableException {
    String id = needed(block, "id");
    String name = needed(block, "name");
    Said<JsonNode> input = block.take("input");
    if (input == null || !(input.value() instanceof ObjectNode arguments)) {
      throw new UnsayableException(block.at("input"), "must be an object");
    }
    block.pass("caller");
    toolNames.put(id, name);
    return new Part.ToolUse(block.at(), id, name, arguments);
  }

  private Part toolResult(Fields block) throws UnsayableException {
    String id = needed(block, "tool_use_id");
    boolean error = block.isTrue("is_error");
    List<Part> content = content(block.take("content"));
    for (Part part : content) {
      if (!(part instanceof Part.Text
          || part instanceof Part.Image
          || part instanceof Part.Document)) {
        throw new UnsayableException(part.at(), "can't stand in a tool's result");
      }
    }
    return new Part.ToolResult(block.at(), id, toolNames.getOrDefault(id, ""), content, error);
  }

  private static Part thinking(Fields block) throws UnsayableException {
    String signature = block.textOrEmpty("signature");
    return new Part.Thought(
        block.at(),
        block.textOrEmpty("thinking"),
        signature.isEmpty() ? null : Signature.of(signature, Maker.ANTHROPIC));
  }

  private static Fields object(Fields block, String field) throws UnsayableException {
    Fields object = block.fields(field);
    if (object == null) {
      throw new UnsayableException(block.at(field), "must be an object");
    }
    return object;
  }

  static String needed(Fields block, String field) throws UnsayableException {
    Said<String> text = block.text(field);
    if (text == null) {
      throw new UnsayableException(block.at(field), "must be a text");
    }
    return text.value();
  }
}
