package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes an answer as one message. */
final class MessagesDocumentWriter implements AnswerWriter {
  /** A block that may still grow. */
  private static final class Block {
    final ObjectNode json;
    /** Field that the text goes to: {@code text}, {@code thinking} or {@code input}. */
    final String grows;

    final StringBuilder text = new StringBuilder();

    Block(ObjectNode json, String grows) {
      this.json = json;
      this.grows = grows;
    }
  }

  private final AnswerTerms terms;
  private final List<Block> blocks = new ArrayList<>();
  private final List<Block> tools = new ArrayList<>();
  private String id = "";
  private boolean declined;
  private AnswerEvent.Ended ended = new AnswerEvent.Ended(0, Reason.STOP, "");
  private TokenUsage usage = TokenUsage.NONE;

  MessagesDocumentWriter(AnswerTerms terms) {
    this.terms = terms;
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream out) {
    if (event instanceof AnswerEvent.Began began) {
      id = began.id();
    } else if (event instanceof AnswerEvent.Used used) {
      usage = used.usage();
    } else if (event instanceof AnswerEvent.Text text && text.choice() == 0) {
      more("text", text.text());
    } else if (event instanceof AnswerEvent.Declined no && no.choice() == 0) {
      declined = true;
      more("text", no.text());
    } else if (event instanceof AnswerEvent.Thought thought && thought.choice() == 0) {
      more("thinking", thought.text());
    } else if (event instanceof AnswerEvent.Signed signed && signed.choice() == 0) {
      signed(signed.signature());
    } else if (event instanceof AnswerEvent.ToolBegan tool && tool.choice() == 0) {
      tool(tool);
    } else if (event instanceof AnswerEvent.ToolArguments more
        && more.choice() == 0
        && more.index() < tools.size()) {
      tools.get(more.index()).text.append(more.json());
    } else if (event instanceof AnswerEvent.Ended said && said.choice() == 0) {
      ended = said;
    } else if (event instanceof AnswerEvent.Failed failed) {
      out.writeBytes(Errors.json(failed.error()).toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private void more(String type, String text) {
    if (text.isEmpty()) {
      return;
    }
    Block last = last();
    if (last == null || !last.grows.equals(type)) {
      ObjectNode json = type.equals("text")
          ? Json.MAPPER.createObjectNode().put("type", type)
          : Thoughts.block("", null);
      last = new Block(json, type);
      blocks.add(last);
    }
    last.text.append(text);
  }

  private @Nullable Block last() {
    return blocks.isEmpty() ? null : blocks.get(blocks.size() - 1);
  }

  /** A signed thought takes no more words. */
  private void signed(Signature signature) {
    Block last = last();
    boolean signs = last != null && last.grows.equals("thinking");
    if (signs && last != null && Thoughts.redactedData(signature) == null) {
      blocks.remove(blocks.size() - 1);
      blocks.add(new Block(Thoughts.block(last.text.toString(), signature), ""));
    } else {
      blocks.add(new Block(Thoughts.block("", signature), ""));
    }
  }

  private void tool(AnswerEvent.ToolBegan tool) {
    ObjectNode json = Json.MAPPER
        .createObjectNode()
        .put("type", "tool_use")
        .put("id", tool.id())
        .put("name", tool.name());
    Block block = new Block(json, "input");
    blocks.add(block);
    while (tools.size() <= tool.index()) {
      tools.add(block);
    }
    tools.set(tool.index(), block);
  }

  @Override
  public void end(ByteArrayOutputStream out) {
    ObjectNode message = MessagesStreamWriter.message(terms, id);
    var content = message.putArray("content");
    for (Block block : blocks) {
      if (block.grows.equals("input")) {
        block.json.set("input", arguments(block.text.toString()));
      } else if (!block.grows.isEmpty()) {
        block.json.put(block.grows, block.text.toString());
      }
      content.add(block.json);
    }
    message.put("stop_reason", Stops.word(ended, !tools.isEmpty(), declined));
    message.put("stop_sequence", ended.stopSequence().isEmpty() ? null : ended.stopSequence());
    message.set("usage", Usage.json(usage));
    out.writeBytes(message.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Arguments must be an object here; what a model made that is none is kept as a text in one. */
  private static ObjectNode arguments(String json) {
    JsonNode read = json.isBlank()
        ? Json.MAPPER.createObjectNode()
        : Json.tree(json.getBytes(StandardCharsets.UTF_8));
    return read instanceof ObjectNode object
        ? object
        : Json.MAPPER.createObjectNode().put("arguments", json);
  }
}
