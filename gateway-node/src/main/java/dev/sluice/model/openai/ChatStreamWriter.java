package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer as chat completion chunks: of each choice the role first; thoughts as {@code reasoning_content}, as DeepSeek
 * and vLLM have it; the usage, if it was asked for, in a chunk of its own before {@code [DONE]}. After an error there is no
 * {@code [DONE]}.
 */
final class ChatStreamWriter implements AnswerWriter {
  private final AnswerTerms terms;
  private final boolean oldFunctions;
  private final Map<Integer, ChoiceSaid> choices = new HashMap<>();
  private String head;
  private @Nullable TokenUsage usage;

  /** @param oldFunctions whether calls of tools are said as {@code function_call}, of which there is one */
  ChatStreamWriter(AnswerTerms terms, boolean oldFunctions) {
    this.terms = terms;
    this.oldFunctions = oldFunctions;
    this.head = head("");
  }

  private String head(String id) {
    return Chunks.head(
        id.isEmpty() ? "chatcmpl-" + terms.id() : id,
        "chat.completion.chunk",
        terms.createdSeconds(),
        terms.model());
  }

  @Override
  public String contentType() {
    return "text/event-stream; charset=utf-8";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream out) {
    if (event instanceof AnswerEvent.Began began) {
      head = head(began.id());
    } else if (event instanceof AnswerEvent.Text text) {
      choice(text.choice()).spoke();
      say(text.choice(), "\"content\":" + Json.quoted(text.text()), out);
    } else if (event instanceof AnswerEvent.Declined declined) {
      choice(declined.choice()).spoke();
      say(declined.choice(), "\"refusal\":" + Json.quoted(declined.text()), out);
    } else if (event instanceof AnswerEvent.Thought thought) {
      choice(thought.choice()).thought(thought.text());
      say(thought.choice(), "\"reasoning_content\":" + Json.quoted(thought.text()), out);
    } else if (event instanceof AnswerEvent.Signed signed) {
      choice(signed.choice()).signed(signed.signature());
    } else if (event instanceof AnswerEvent.ToolBegan call) {
      begin(call, out);
    } else if (event instanceof AnswerEvent.ToolArguments arguments) {
      choice(arguments.choice()).argued(arguments.index());
      arguments(arguments.choice(), arguments.index(), arguments.json(), out);
    } else if (event instanceof AnswerEvent.Ended ended) {
      end(ended, out);
    } else if (event instanceof AnswerEvent.Used used) {
      usage = used.usage();
    } else if (event instanceof AnswerEvent.Failed failed) {
      Chunks.event(out, "data: " + Errors.json(failed.error()));
    }
  }

  private ChoiceSaid choice(int index) {
    return choices.computeIfAbsent(index, none -> new ChoiceSaid());
  }

  private void begin(AnswerEvent.ToolBegan call, ByteArrayOutputStream out) {
    String id = choice(call.choice()).began(call.index(), call.id());
    if (!oldFunctions) {
      say(
          call.choice(),
          "\"tool_calls\":[{\"index\":" + call.index() + ",\"id\":" + Json.quoted(id)
              + ",\"type\":\"function\",\"function\":{\"name\":"
              + Json.quoted(call.name()) + ",\"arguments\":\"\"}}]",
          out);
    } else if (call.index() == 0) {
      say(
          call.choice(),
          "\"function_call\":{\"name\":" + Json.quoted(call.name()) + ",\"arguments\":\"\"}",
          out);
    }
  }

  private void arguments(int choice, int index, String json, ByteArrayOutputStream out) {
    String arguments = "{\"arguments\":" + Json.quoted(json) + "}";
    if (!oldFunctions) {
      say(choice, "\"tool_calls\":[{\"index\":" + index + ",\"function\":" + arguments + "}]", out);
    } else if (index == 0) {
      say(choice, "\"function_call\":" + arguments, out);
    }
  }

  private void end(AnswerEvent.Ended ended, ByteArrayOutputStream out) {
    int choice = ended.choice();
    for (int call : choice(choice).withoutArguments()) {
      arguments(choice, call, "{}", out);
    }
    if (!choice(choice).roleSaid) {
      say(choice, "\"content\":\"\"", out);
    }
    chunk(choice, "", Json.quoted(finishReason(ended.reason(), oldFunctions)), out);
  }

  static String finishReason(AnswerEvent.Reason reason, boolean oldFunctions) {
    return switch (reason) {
      case STOP -> "stop";
      case LENGTH -> "length";
      case TOOL_CALLS -> oldFunctions ? "function_call" : "tool_calls";
      case FILTERED -> "content_filter";
    };
  }

  /** Says something in a chunk; before the very first of a choice comes its role. */
  private void say(int choice, String delta, ByteArrayOutputStream out) {
    ChoiceSaid said = choice(choice);
    if (!said.roleSaid) {
      said.roleSaid = true;
      boolean text = delta.startsWith("\"content\"");
      chunk(
          choice,
          "\"role\":\"assistant\",\"content\":" + (text ? "\"\"" : "null") + ",\"refusal\":null",
          "null",
          out);
    }
    chunk(choice, delta, "null", out);
  }

  private void chunk(int choice, String delta, String reason, ByteArrayOutputStream out) {
    Chunks.event(
        out,
        head + ",\"choices\":[{\"index\":" + choice + ",\"delta\":{" + delta
            + "},\"logprobs\":null,\"finish_reason\":" + reason + "}]"
            + (terms.tellUsage() ? ",\"usage\":null}" : "}"));
  }

  @Override
  public void end(ByteArrayOutputStream out) {
    TokenUsage told = usage;
    if (terms.tellUsage() && told != null) {
      Chunks.event(out, head + ",\"choices\":[],\"usage\":" + Usage.chat(told) + "}");
    }
    Chunks.done(out);
  }
}
