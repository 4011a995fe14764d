package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerEvent.Reason;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Signature.Maker;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes an answer as the events of a message: one block is open at a time, blocks are counted from 0. The message begins with
 * the first that is said, so that it can begin with the usage of the prompt where that is known by then. Of several answers,
 * only the first is told: this dialect asks for one.
 */
final class MessagesStreamWriter implements AnswerWriter {
  private static final int NONE = -1;

  /** What the open block is. */
  private enum Open {
    NOTHING,
    TEXT,
    THINKING,
    TOOL
  }

  private final AnswerTerms terms;
  /** The block of each tool call, by the count of the call. */
  private final List<Integer> toolBlocks = new ArrayList<>();

  private String id = "";
  private boolean started;
  private Open open = Open.NOTHING;
  private int block = NONE;
  private boolean declined;
  private AnswerEvent.Ended ended = new AnswerEvent.Ended(0, Reason.STOP, "");
  private TokenUsage usage = TokenUsage.NONE;

  MessagesStreamWriter(AnswerTerms terms) {
    this.terms = terms;
  }

  @Override
  public String contentType() {
    return "text/event-stream; charset=utf-8";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream out) {
    if (event instanceof AnswerEvent.Began began) {
      id = began.id();
    } else if (event instanceof AnswerEvent.Used used) {
      usage = used.usage();
    } else if (event instanceof AnswerEvent.Text text && text.choice() == 0) {
      text(text.text(), out);
    } else if (event instanceof AnswerEvent.Declined no && no.choice() == 0) {
      declined = true;
      text(no.text(), out);
    } else if (event instanceof AnswerEvent.Thought thought && thought.choice() == 0) {
      thought(thought.text(), out);
    } else if (event instanceof AnswerEvent.Signed signed && signed.choice() == 0) {
      signed(signed.signature(), out);
    } else if (event instanceof AnswerEvent.ToolBegan tool && tool.choice() == 0) {
      tool(tool, out);
    } else if (event instanceof AnswerEvent.ToolArguments more && more.choice() == 0) {
      arguments(more, out);
    } else if (event instanceof AnswerEvent.Ended said && said.choice() == 0) {
      ended = said;
    } else if (event instanceof AnswerEvent.Failed failed) {
      say("error", Errors.json(failed.error()), out);
    }
  }

  private void text(String text, ByteArrayOutputStream out) {
    if (text.isEmpty()) {
      return;
    }
    if (open != Open.TEXT) {
      begin(Open.TEXT, json("text").put("text", ""), out);
    }
    delta(block, json("text_delta").put("text", text), out);
  }

  private void thought(String text, ByteArrayOutputStream out) {
    if (text.isEmpty()) {
      return;
    }
    beginThinking(out);
    delta(block, json("thinking_delta").put("thinking", text), out);
  }

  private void beginThinking(ByteArrayOutputStream out) {
    if (open != Open.THINKING) {
      begin(Open.THINKING, Thoughts.block("", null), out);
    }
  }

  private void signed(Signature signature, ByteArrayOutputStream out) {
    if (Thoughts.redactedData(signature) != null) {
      begin(Open.THINKING, Thoughts.block("", signature), out);
    } else {
      beginThinking(out);
      delta(block, json("signature_delta").put("signature", signature.in(Maker.ANTHROPIC)), out);
    }
    close(out);
  }

  private void tool(AnswerEvent.ToolBegan tool, ByteArrayOutputStream out) {
    ObjectNode call = json("tool_use").put("id", tool.id()).put("name", tool.name());
    call.putObject("input");
    begin(Open.TOOL, call, out);
    while (toolBlocks.size() <= tool.index()) {
      toolBlocks.add(block);
    }
    toolBlocks.set(tool.index(), block);
  }

  /** Arguments that come after their block was closed still go to it: all clients find blocks by their index. */
  private void arguments(AnswerEvent.ToolArguments more, ByteArrayOutputStream out) {
    if (more.index() < toolBlocks.size() && !more.json().isEmpty()) {
      ObjectNode delta = json("input_json_delta").put("partial_json", more.json());
      delta(toolBlocks.get(more.index()), delta, out);
    }
  }

  private void begin(Open what, ObjectNode content, ByteArrayOutputStream out) {
    start(out);
    close(out);
    open = what;
    block++;
    ObjectNode event = json("content_block_start").put("index", block);
    event.set("content_block", content);
    say(event, out);
  }

  private void delta(int index, ObjectNode delta, ByteArrayOutputStream out) {
    ObjectNode event = json("content_block_delta").put("index", index);
    event.set("delta", delta);
    say(event, out);
  }

  private void close(ByteArrayOutputStream out) {
    if (open != Open.NOTHING) {
      open = Open.NOTHING;
      say(json("content_block_stop").put("index", block), out);
    }
  }

  private void start(ByteArrayOutputStream out) {
    if (started) {
      return;
    }
    started = true;
    ObjectNode message = message(terms, id);
    message.putArray("content");
    message.putNull("stop_reason");
    message.putNull("stop_sequence");
    message.set("usage", Usage.json(usage));
    ObjectNode event = json("message_start");
    event.set("message", message);
    say(event, out);
  }

  /** What all messages begin with. */
  static ObjectNode message(AnswerTerms terms, String id) {
    return Json.MAPPER
        .createObjectNode()
        .put("id", id.isEmpty() ? "msg_" + terms.id() : id)
        .put("type", "message")
        .put("role", "assistant")
        .put("model", terms.model());
  }

  @Override
  public void end(ByteArrayOutputStream out) {
    start(out);
    close(out);
    ObjectNode event = json("message_delta");
    ObjectNode delta = event
        .putObject("delta")
        .put("stop_reason", Stops.word(ended, !toolBlocks.isEmpty(), declined));
    delta.put("stop_sequence", ended.stopSequence().isEmpty() ? null : ended.stopSequence());
    event.set("usage", Usage.json(usage));
    say(event, out);
    say(json("message_stop"), out);
  }

  private static ObjectNode json(String type) {
    return Json.MAPPER.createObjectNode().put("type", type);
  }

  private static void say(ObjectNode event, ByteArrayOutputStream out) {
    say(event.path("type").asText(), event, out);
  }

  private static void say(String name, ObjectNode event, ByteArrayOutputStream out) {
    String text = "event: " + name + "\ndata: " + event + "\n\n";
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
