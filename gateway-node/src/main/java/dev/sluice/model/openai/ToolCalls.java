package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The calls of tools in one choice, in whole or in pieces. */
final class ToolCalls {
  private static final int MOST_CALLS = 1_024;
  private static final int MOST_EARLY_CHARACTERS = 1 << 20;

  /** A call, and what came of its arguments before its name did. */
  private static final class Call {
    final int given;
    String id;
    /** Among those that were told; -1 before that. */
    int index = -1;

    final StringBuilder early = new StringBuilder();

    /** @param given index that the server gave it, or -1 */
    Call(int given, String id) {
      this.given = given;
      this.id = id;
    }
  }

  private final int choice;
  private final String ids;
  private final List<Call> calls = new ArrayList<>();
  private int told;

  /** @param ids what ids begin with where the server gives none */
  ToolCalls(int choice, String ids) {
    this.choice = choice;
    this.ids = ids + "_" + choice + "_";
  }

  boolean any() {
    return told > 0;
  }

  /** Reads what a message, or a piece of one, says of calls. */
  void read(JsonNode said, Consumer<AnswerEvent> out) {
    boolean whole = said.path("role").isTextual() && !said.path("tool_calls").isEmpty();
    for (JsonNode call : said.path("tool_calls")) {
      read(call, call.path("function"), out);
    }
    JsonNode old = said.path("function_call");
    if (old.isObject() && !whole) {
      read(MissingNode.getInstance(), old, out);
    }
  }

  private void read(JsonNode piece, JsonNode function, Consumer<AnswerEvent> out) {
    String id = piece.path("id").isTextual() ? piece.path("id").textValue() : "";
    String name = function.path("name").isTextual() ? function.path("name").textValue() : "";
    int at = place(piece.path("index").asInt(-1), id, name);
    if (at < 0) {
      return;
    }
    Call call = calls.get(at);
    call.id = call.id.isEmpty() ? id : call.id;
    JsonNode arguments = function.path("arguments");
    String json = arguments.isTextual()
        ? arguments.textValue()
        : arguments.isObject() ? arguments.toString() : "";
    if (call.index < 0 && name.isEmpty()) {
      keep(call, json);
      return;
    }
    if (call.index < 0) {
      call.index = told++;
      signature(piece, out);
      out.accept(new AnswerEvent.ToolBegan(
          choice, call.index, call.id.isEmpty() ? ids + call.index : call.id, name));
      json = call.early + json;
      call.early.setLength(0);
    }
    if (!json.isEmpty()) {
      out.accept(new AnswerEvent.ToolArguments(choice, call.index, json));
    }
  }

  /** Gemini's signature, where its API speaks OpenAI's dialect. */
  private void signature(JsonNode piece, Consumer<AnswerEvent> out) {
    JsonNode signature = piece.path("extra_content").path("google").path("thought_signature");
    if (signature.isTextual()) {
      out.accept(new AnswerEvent.Signed(
          choice, new Signature(Signature.Maker.GEMINI, signature.textValue())));
    }
  }

  private static void keep(Call call, String json) {
    if (call.early.length() + json.length() <= MOST_EARLY_CHARACTERS) {
      call.early.append(json);
    }
  }

  /**
   * Which call a piece is of: the last one with its index, unless an id of its own shows that it begins another, as with servers
   * whose calls all have index 0; without an index, the last one, unless its id or name begins another. -1 if there are too many.
   */
  private int place(int given, String id, String name) {
    int found = -1;
    for (int i = calls.size() - 1; i >= 0 && found < 0; i--) {
      found = given < 0 || calls.get(i).given == given ? i : -1;
    }
    if (found >= 0) {
      Call call = calls.get(found);
      boolean otherId = !id.isEmpty() && !call.id.isEmpty() && !id.equals(call.id);
      boolean otherName = id.isEmpty() && given < 0 && call.index >= 0 && !name.isEmpty();
      if (!(otherId && !name.isEmpty()) && !otherName) {
        return found;
      }
    }
    if (calls.size() == MOST_CALLS) {
      return -1;
    }
    calls.add(new Call(given, id));
    return calls.size() - 1;
  }
}
