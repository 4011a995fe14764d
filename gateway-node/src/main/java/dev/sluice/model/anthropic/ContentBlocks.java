package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Fields;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.UnsayableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the blocks of messages, in order: a tool's result finds its tool's name in a call before it. */
final class ContentBlocks {
  /** What a thought that is hidden stands as, in front of its data. */
  static final String REDACTED = "redacted:";

  private final List<Said<String>> beyond;
  private final Map<String, String> names = new HashMap<>();

  /** @param beyond is told what has no place in a conversation */
  ContentBlocks(List<Said<String>> beyond) {
    this.beyond = beyond;
  }

  Part part(Fields block) throws UnsayableException {
    boolean cached = block.take("cache_control") != null;
    String type = block.textOrEmpty("type");
    Part part = switch (type) {
      case "text" -> {
        block.pass("citations");
        yield new Part.Text(block.at("text"), block.textOrEmpty("text"), cached);
      }
      case "image" -> new Part.Image(block.at(), source(block), "");
      case "document" -> {
        block.pass("context", "citations");
        String title = block.textOrEmpty("title");
        yield new Part.Document(block.at(), source(block), title);
      }
      case "tool_use" -> use(block);
      case "tool_result" -> result(block);
      case "thinking" -> {
        String text = block.textOrEmpty("thinking");
        String signature = block.textOrEmpty("signature");
        yield new Part.Thought(
            block.at(),
            text,
            signature.isEmpty() ? null : Signature.of(signature, Signature.Maker.ANTHROPIC));
      }
      case "redacted_thinking" ->
        new Part.Thought(
            block.at(),
            "",
            new Signature(Signature.Maker.ANTHROPIC, REDACTED + block.textOrEmpty("data")));
      default -> {
        beyond.add(new Said<>(block.at(), block.at()));
        block.object().fieldNames().forEachRemaining(block::pass);
        yield new Part.Text(block.at(), "");
      }
    };
    beyond.addAll(block.rest());
    return part;
  }

  private Part use(Fields block) throws UnsayableException {
    block.pass("caller");
    String id = block.textOrEmpty("id");
    String name = block.textOrEmpty("name");
    Fields input = block.fields("input");
    names.put(id, name);
    return new Part.ToolUse(
        block.at(), id, name, input == null ? Json.MAPPER.createObjectNode() : input.object());
  }

  private Part result(Fields block) throws UnsayableException {
    String id = block.textOrEmpty("tool_use_id");
    boolean error = block.isTrue("is_error");
    List<Part> content = new ArrayList<>();
    JsonNode said = block.object().path("content");
    if (said.isTextual()) {
      content.add(new Part.Text(block.at("content"), block.textOrEmpty("content")));
    } else {
      for (Fields inner : block.list("content")) {
        content.add(part(inner));
      }
    }
    return new Part.ToolResult(block.at(), id, names.getOrDefault(id, ""), content, error);
  }

  private Part.Source source(Fields block) throws UnsayableException {
    Fields source = block.fields("source");
    if (source == null) {
      throw new UnsayableException(block.at("source"), "field required");
    }
    String media = source.textOrEmpty("media_type");
    Part.Source found = switch (source.textOrEmpty("type")) {
      case "base64" -> new Part.Source.Bytes(media, source.textOrEmpty("data"));
      case "url" -> new Part.Source.Url(media, source.textOrEmpty("url"));
      case "text" -> new Part.Source.PlainText(source.textOrEmpty("data"));
      case "content" -> new Part.Source.PlainText(texts(source));
      default -> {
        beyond.add(new Said<>(source.at(), source.at()));
        source.object().fieldNames().forEachRemaining(source::pass);
        yield new Part.Source.PlainText("");
      }
    };
    beyond.addAll(source.rest());
    return found;
  }

  private String texts(Fields source) throws UnsayableException {
    if (source.object().path("content").isTextual()) {
      return source.textOrEmpty("content");
    }
    StringBuilder text = new StringBuilder();
    for (Fields block : source.list("content")) {
      if (!block.textOrEmpty("type").equals("text")) {
        beyond.add(new Said<>(block.at(), block.at()));
      }
      text.append(block.textOrEmpty("text"));
    }
    return text.toString();
  }
}
