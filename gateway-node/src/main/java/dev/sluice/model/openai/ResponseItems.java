package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The items of a response's output, in the order they began, and the events that tell of them. A message or a thought ends when
 * something else begins; calls stay open until all ends, as their arguments may come by turns.
 */
final class ResponseItems {
  /** An item that is not yet over. */
  private static final class Open {
    final ObjectNode item;
    final int at;
    final StringBuilder text = new StringBuilder();
    /** Type of its only part; empty if it has none. */
    final String part;

    @Nullable
    String encrypted;

    Open(ObjectNode item, int at, String part) {
      this.item = item;
      this.at = at;
      this.part = part;
    }

    String type() {
      return item.path("type").asText();
    }
  }

  private final String id;
  private final BiConsumer<String, ObjectNode> events;
  private final List<ObjectNode> all = new ArrayList<>();
  private final Map<Integer, Open> calls = new TreeMap<>();
  private @Nullable Open speaking;

  /**
   * @param id that ids of items are made of
   * @param events takes each event's type, and its fields but for type and number
   */
  ResponseItems(String id, BiConsumer<String, ObjectNode> events) {
    this.id = id;
    this.events = events;
  }

  /** Those that are over. */
  ArrayNode done() {
    ArrayNode done = Json.MAPPER.createArrayNode();
    for (ObjectNode item : all) {
      if (!item.path("status").asText().equals("in_progress")) {
        done.add(item);
      }
    }
    return done;
  }

  void text(String text) {
    Open open = speaking("message", "output_text");
    open.text.append(text);
    ObjectNode event = place(open).put("content_index", 0).put("delta", text);
    event.putArray("logprobs");
    events.accept("response.output_text.delta", event);
  }

  void declined(String text) {
    Open open = speaking("message", "refusal");
    open.text.append(text);
    events.accept("response.refusal.delta", place(open).put("content_index", 0).put("delta", text));
  }

  void thought(String text) {
    Open open = speaking("reasoning", "summary_text");
    open.text.append(text);
    events.accept(
        "response.reasoning_summary_text.delta",
        place(open).put("summary_index", 0).put("delta", text));
  }

  /** The thought that ends here; one without words begins with it. */
  void signed(Signature signature) {
    Open open = speaking;
    if (open == null || !open.type().equals("reasoning")) {
      endSpeaking("completed");
      open = begin("reasoning", "");
      speaking = open;
    }
    open.encrypted = signature.in(Signature.Maker.OPENAI);
    endSpeaking("completed");
  }

  void call(int index, String callId, String name) {
    endSpeaking("completed");
    ObjectNode item = item("fc_", "function_call");
    item.put("call_id", callId).put("name", name).put("arguments", "");
    Open open = new Open(item, all.size(), "");
    all.add(item);
    calls.put(index, open);
    added(open);
  }

  void arguments(int index, String json) {
    Open open = calls.get(index);
    if (open != null) {
      open.text.append(json);
      events.accept("response.function_call_arguments.delta", place(open).put("delta", json));
    }
  }

  /**
   * All ends.
   *
   * @param status of what was not yet over
   */
  void close(String status) {
    endSpeaking(status);
    for (Open call : calls.values()) {
      endCall(call, status);
    }
    calls.clear();
  }

  /** The item that something is said in: the one that is open, if it is of this kind. */
  private Open speaking(String type, String part) {
    Open open = speaking;
    if (open == null || !open.type().equals(type) || !open.part.equals(part)) {
      endSpeaking("completed");
      open = begin(type, part);
      speaking = open;
    }
    return open;
  }

  private Open begin(String type, String part) {
    boolean message = type.equals("message");
    ObjectNode item = item(message ? "msg_" : "rs_", type);
    if (message) {
      item.put("role", "assistant");
    }
    item.putArray(message ? "content" : "summary");
    Open open = new Open(item, all.size(), part);
    all.add(item);
    added(open);
    if (!part.isEmpty()) {
      events.accept(partEvent(open) + "added", partAt(open, part(open)));
    }
    return open;
  }

  private ObjectNode item(String prefix, String type) {
    return Json.MAPPER
        .createObjectNode()
        .put("id", prefix + id + "-" + all.size())
        .put("type", type)
        .put("status", "in_progress");
  }

  private void added(Open open) {
    ObjectNode event = Json.MAPPER.createObjectNode().put("output_index", open.at);
    event.set("item", open.item.deepCopy());
    events.accept("response.output_item.added", event);
  }

  private void endSpeaking(String status) {
    Open open = speaking;
    if (open == null) {
      return;
    }
    speaking = null;
    boolean message = open.type().equals("message");
    if (!open.part.isEmpty()) {
      String text = open.text.toString();
      switch (open.part) {
        case "output_text" -> {
          ObjectNode event = place(open).put("content_index", 0).put("text", text);
          event.putArray("logprobs");
          events.accept("response.output_text.done", event);
        }
        case "refusal" ->
          events.accept(
              "response.refusal.done", place(open).put("content_index", 0).put("refusal", text));
        default ->
          events.accept(
              "response.reasoning_summary_text.done",
              place(open).put("summary_index", 0).put("text", text));
      }
      events.accept(partEvent(open) + "done", partAt(open, part(open)));
      open.item.withArray(message ? "content" : "summary").add(part(open));
    }
    if (open.encrypted != null) {
      open.item.put("encrypted_content", open.encrypted);
    }
    over(open, status);
  }

  private void endCall(Open open, String status) {
    if (open.text.length() == 0 && status.equals("completed")) {
      open.text.append("{}");
      events.accept("response.function_call_arguments.delta", place(open).put("delta", "{}"));
    }
    String arguments = open.text.toString();
    events.accept(
        "response.function_call_arguments.done",
        place(open).put("name", open.item.path("name").asText()).put("arguments", arguments));
    open.item.put("arguments", arguments);
    over(open, status);
  }

  private void over(Open open, String status) {
    open.item.put("status", status);
    ObjectNode event = Json.MAPPER.createObjectNode().put("output_index", open.at);
    event.set("item", open.item);
    events.accept("response.output_item.done", event);
  }

  private static ObjectNode place(Open open) {
    return Json.MAPPER
        .createObjectNode()
        .put("item_id", open.item.path("id").asText())
        .put("output_index", open.at);
  }

  private static String partEvent(Open open) {
    return open.type().equals("message")
        ? "response.content_part."
        : "response.reasoning_summary_part.";
  }

  private static ObjectNode partAt(Open open, ObjectNode part) {
    ObjectNode event =
        place(open).put(open.type().equals("message") ? "content_index" : "summary_index", 0);
    event.set("part", part);
    return event;
  }

  /** The part as it is so far. */
  private static ObjectNode part(Open open) {
    ObjectNode part = Json.MAPPER.createObjectNode().put("type", open.part);
    String text = open.text.toString();
    switch (open.part) {
      case "output_text" -> {
        part.put("text", text).putArray("annotations");
        part.putArray("logprobs");
      }
      case "refusal" -> part.put("refusal", text);
      default -> part.put("text", text);
    }
    return part;
  }
}
