package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Signature;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a message as they come to be. Tells a listener of each beginning, addition and end, in the order that
 * Anthropic's clients want; a block ends when the next begins.
 */
final class MessageBlocks {
  /** Hears how blocks grow. */
  interface Listener {
    void begins(int index, ObjectNode block);

    void grows(int index, ObjectNode delta);

    void ends(int index);
  }

  private enum Kind {
    NONE,
    TEXT,
    THINKING,
    TOOL
  }

  private final Listener listener;
  private final Map<Integer, Integer> blockOfTool = new HashMap<>();
  private final List<Integer> open = new ArrayList<>();
  private Kind kind = Kind.NONE;
  private int next;
  private boolean declined;
  private AnswerEvent.@Nullable Ended ended;

  MessageBlocks(Listener listener) {
    this.listener = listener;
  }

  /** Takes what builds blocks; all else changes nothing. */
  void take(AnswerEvent event) {
    if (event instanceof AnswerEvent.Text text && text.choice() == 0) {
      text(text.text());
    } else if (event instanceof AnswerEvent.Declined text && text.choice() == 0) {
      declined = true;
      text(text.text());
    } else if (event instanceof AnswerEvent.Thought thought && thought.choice() == 0) {
      thinking();
      grow("thinking_delta", "thinking", thought.text());
    } else if (event instanceof AnswerEvent.Signed signed && signed.choice() == 0) {
      signed(signed.signature());
    } else if (event instanceof AnswerEvent.ToolBegan tool && tool.choice() == 0) {
      begin(Kind.TOOL, object("tool_use").put("id", tool.id()).put("name", tool.name()));
      blockOfTool.put(tool.index(), next - 1);
    } else if (event instanceof AnswerEvent.ToolArguments more && more.choice() == 0) {
      int block = blockOfTool.getOrDefault(more.index(), next - 1);
      listener.grows(block, object("input_json_delta").put("partial_json", more.json()));
    } else if (event instanceof AnswerEvent.Ended end && end.choice() == 0) {
      ended = end;
    }
  }

  private void text(String text) {
    if (kind != Kind.TEXT) {
      begin(Kind.TEXT, object("text").put("text", ""));
    }
    grow("text_delta", "text", text);
  }

  private void thinking() {
    if (kind != Kind.THINKING) {
      begin(Kind.THINKING, object("thinking").put("thinking", "").put("signature", ""));
    }
  }

  private void signed(Signature signature) {
    String value = signature.in(Signature.Maker.ANTHROPIC);
    if (signature.maker() == Signature.Maker.ANTHROPIC
        && value.startsWith(ContentBlocks.REDACTED)) {
      String data = value.substring(ContentBlocks.REDACTED.length());
      begin(Kind.NONE, object("redacted_thinking").put("data", data));
    } else {
      thinking();
      grow("signature_delta", "signature", value);
    }
    close();
  }

  private void begin(Kind of, ObjectNode block) {
    close();
    kind = of;
    if (of == Kind.TOOL) {
      block.putObject("input");
    }
    open.add(next);
    listener.begins(next++, block);
  }

  private void grow(String type, String field, String text) {
    listener.grows(next - 1, object(type).put(field, text));
  }

  /** Ends the block that is open. */
  void close() {
    open.forEach(listener::ends);
    open.clear();
    kind = Kind.NONE;
  }

  /** Puts why the message ended. */
  void stop(ObjectNode into) {
    AnswerEvent.Ended end = ended;
    AnswerEvent.Reason reason = declined || end == null
        ? declined ? AnswerEvent.Reason.FILTERED : AnswerEvent.Reason.STOP
        : end.reason();
    String sequence = end == null ? "" : end.stopSequence();
    into.put("stop_reason", StopReasons.word(reason, sequence));
    into.set("stop_sequence", sequence.isEmpty() ? nothing() : Json.MAPPER.valueToTree(sequence));
  }

  private static JsonNode nothing() {
    return Json.MAPPER.nullNode();
  }

  private static ObjectNode object(String type) {
    return Json.MAPPER.createObjectNode().put("type", type);
  }
}
