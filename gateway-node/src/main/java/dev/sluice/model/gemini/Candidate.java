package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Signature;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One answer of several, on its way into Gemini's parts. Calls of functions go on whole, so they wait here until something else
 * is said; a signature waits for the part that it goes with.
 */
final class Candidate {
  private static final class Call {
    private final String id;
    private final String name;
    private final StringBuilder arguments = new StringBuilder();
    private @Nullable String signature;

    Call(String id, String name) {
      this.id = id;
      this.name = name;
    }
  }

  private final boolean showsThoughts;
  private final Map<Integer, Call> calls = new TreeMap<>();
  private final StringBuilder thought = new StringBuilder();
  private ArrayNode parts = Json.MAPPER.createArrayNode();
  private @Nullable String signature;
  private @Nullable String finish;
  private boolean malformed;

  Candidate(boolean showsThoughts) {
    this.showsThoughts = showsThoughts;
  }

  void text(String text) {
    settle();
    append(text, false);
  }

  void thought(String text) {
    settle();
    thought.append(text);
    if (showsThoughts) {
      append(text, true);
    }
  }

  void signed(Signature mark) {
    settle();
    signature = GeminiSignature.written(mark, thought.toString());
    thought.setLength(0);
  }

  void call(AnswerEvent.ToolBegan began) {
    Call call = new Call(began.id(), began.name());
    call.signature = signature;
    signature = null;
    calls.put(began.index(), call);
  }

  void arguments(int index, String json) {
    Call call = calls.get(index);
    if (call != null) {
      call.arguments.append(json);
    }
  }

  void ended(AnswerEvent.Reason reason) {
    boolean cut = reason == AnswerEvent.Reason.LENGTH;
    settleCalls(cut);
    settleSignature();
    finish = switch (reason) {
      case STOP, TOOL_CALLS -> malformed ? "MALFORMED_FUNCTION_CALL" : "STOP";
      case LENGTH -> "MAX_TOKENS";
      case FILTERED -> "SAFETY";
    };
  }

  /** Whether there is something to say at once. */
  boolean due() {
    return !parts.isEmpty();
  }

  /**
   * Takes what is due.
   *
   * @param last whether nothing follows, so that it says why it ended
   */
  ObjectNode taken(int index, boolean last) {
    ObjectNode candidate = Json.MAPPER.createObjectNode();
    candidate.putObject("content").put("role", "model").set("parts", parts);
    if (last && finish != null) {
      candidate.put("finishReason", finish);
    }
    candidate.put("index", index);
    parts = Json.MAPPER.createArrayNode();
    return candidate;
  }

  private void append(String text, boolean isThought) {
    int last = parts.size() - 1;
    if (last >= 0
        && parts.get(last) instanceof ObjectNode part
        && part.has("text")
        && !part.has("thoughtSignature")
        && part.has("thought") == isThought) {
      part.put("text", part.path("text").textValue() + text);
      return;
    }
    ObjectNode part = parts.addObject().put("text", text);
    if (isThought) {
      part.put("thought", true);
    }
  }

  /** What was said before is over. */
  private void settle() {
    settleCalls(false);
    settleSignature();
  }

  private void settleSignature() {
    if (signature != null) {
      parts.addObject().put("text", "").put("thought", true).put("thoughtSignature", signature);
      signature = null;
    }
  }

  /** @param cut whether a call that is not whole was cut, so that it is left out; else the model made it wrong */
  private void settleCalls(boolean cut) {
    for (Call call : calls.values()) {
      String json = call.arguments.length() == 0 ? "{}" : call.arguments.toString();
      if (!(Json.tree(json.getBytes(java.nio.charset.StandardCharsets.UTF_8))
          instanceof ObjectNode arguments)) {
        malformed |= !cut;
        continue;
      }
      ObjectNode part = parts.addObject();
      ObjectNode said = part.putObject("functionCall");
      if (!call.id.isEmpty()) {
        said.put("id", call.id);
      }
      said.put("name", call.name).set("args", arguments);
      if (call.signature != null) {
        part.put("thoughtSignature", call.signature);
      }
    }
    calls.clear();
  }
}
