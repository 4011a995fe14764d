package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.TextBytes;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.chat.Words;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Measures what of a request reaches the prompt: its bytes, its words, and what no bytes of it bound. */
final class MessagesInput {
  private static final int TEMPLATE_TOKENS = 16;

  /** The provider puts instructions of its own before tools, and before a format. */
  private static final int TOOLS_PROMPT_TOKENS = 1024;

  /** Blocks whose tokens their bytes bound. */
  private static final Set<String> BOUNDED =
      Set.of("text", "tool_use", "tool_result", "thinking", "redacted_thinking", "search_result");

  private long bytes;
  private long words;
  private int messages;
  private int tools;
  private String lastUserText = "";
  private @Nullable String unbounded;

  void read(ObjectNode request) throws UnsayableException {
    system(request.path("system"));
    messages(request.path("messages"));
    tools(request.path("tools"));
    for (String field : new String[] {"tool_choice", "output_config", "output_format"}) {
      bytes += request.has(field) ? TextBytes.ofAll(request.path(field)) : 0;
    }
    for (String field : new String[] {"mcp_servers", "container", "context_management"}) {
      JsonNode value = request.path(field);
      if (!value.isMissingNode() && !value.isNull() && !(value.isArray() && value.isEmpty())) {
        unbounded(field);
      }
    }
    boolean prompted = tools > 0 || request.path("output_config").has("format");
    bytes += TEMPLATE_TOKENS * (2L + messages + tools) + (prompted ? TOOLS_PROMPT_TOKENS : 0);
  }

  long bound() {
    return bytes;
  }

  long words() {
    return words;
  }

  String lastUserText() {
    return lastUserText;
  }

  /** The first field that no bytes bound; null if there is none. */
  @Nullable
  String unbounded() {
    return unbounded;
  }

  private void system(JsonNode system) throws UnsayableException {
    if (!system.isTextual() && !system.isArray() && !system.isNull() && !system.isMissingNode()) {
      throw new UnsayableException("system", "system must be a text or a list of text blocks");
    }
    content(system, "system", new StringBuilder());
  }

  private void messages(JsonNode all) throws UnsayableException {
    if (!all.isArray() || all.isEmpty()) {
      throw new UnsayableException(
          "messages",
          all.isArray() || all.isMissingNode()
              ? "you must send at least one message"
              : "messages must be a list");
    }
    for (JsonNode message : all) {
      String at = "messages[" + messages + "]";
      if (!message.isObject()) {
        throw new UnsayableException(at, "a message must be an object");
      }
      JsonNode content = message.path("content");
      if (!content.isTextual() && !content.isArray()) {
        throw new UnsayableException(at + ".content", "content must be a text or a list of blocks");
      }
      StringBuilder texts = new StringBuilder();
      content(content, at + ".content", texts);
      if (message.path("role").asText().equals("user")) {
        lastUserText = texts.toString();
      }
      messages++;
    }
  }

  private void content(JsonNode content, String at, StringBuilder texts) throws UnsayableException {
    if (content.isTextual()) {
      text(content.textValue(), texts);
      return;
    }
    int index = 0;
    for (JsonNode block : content) {
      String here = at + "[" + index++ + "]";
      if (!block.isObject()) {
        throw new UnsayableException(here, "a content block must be an object");
      }
      block(block, here, texts);
    }
  }

  private void block(JsonNode block, String at, StringBuilder texts) throws UnsayableException {
    String type = block.path("type").asText();
    if (type.equals("text") && block.path("text").isTextual()) {
      text(block.path("text").textValue(), texts);
      return;
    }
    bytes += TextBytes.ofAll(block);
    if (type.equals("tool_result")) {
      nested(block.path("content"), at + ".content");
    } else if (type.equals("document")) {
      document(block, at);
    } else if (!BOUNDED.contains(type)) {
      unbounded(at);
    }
  }

  /** Looks only for what is unbounded: the bytes have been counted. */
  private void nested(JsonNode content, String at) {
    if (!content.isArray()) {
      return;
    }
    for (int i = 0; i < content.size(); i++) {
      String type = content.path(i).path("type").asText();
      String here = at + "[" + i + "]";
      if (type.equals("document")) {
        document(content.path(i), here);
      } else if (!BOUNDED.contains(type)) {
        unbounded(here);
      }
    }
  }

  private void document(JsonNode block, String at) {
    JsonNode source = block.path("source");
    switch (source.path("type").asText()) {
      case "text" -> {}
      case "content" -> nested(source.path("content"), at + ".source.content");
      default -> unbounded(at);
    }
  }

  /** Only tools of the caller's own come with all that is said of them. */
  private void tools(JsonNode all) throws UnsayableException {
    if (!all.isArray() && !all.isMissingNode() && !all.isNull()) {
      throw new UnsayableException("tools", "tools must be a list");
    }
    for (JsonNode tool : all) {
      bytes += TextBytes.ofAll(tool);
      JsonNode type = tool.path("type");
      if (!type.isMissingNode() && !type.isNull() && !type.asText().equals("custom")) {
        unbounded("tools[" + tools + "]");
      }
      tools++;
    }
  }

  private void text(String text, StringBuilder texts) {
    bytes += TextBytes.of(text);
    words += Words.count(text);
    texts.append(texts.length() == 0 ? "" : " ").append(text);
  }

  private void unbounded(String at) {
    unbounded = unbounded == null ? at : unbounded;
  }
}
