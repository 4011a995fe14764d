package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes an answer as one chat completion, at its end. */
final class ChatDocumentWriter implements AnswerWriter {
  /** One answer of several. */
  private static final class Choice {
    final ChoiceSaid said = new ChoiceSaid();
    final StringBuilder text = new StringBuilder();
    final StringBuilder refusal = new StringBuilder();
    final StringBuilder thought = new StringBuilder();
    final Map<Integer, Call> calls = new TreeMap<>();
    AnswerEvent.Reason reason = AnswerEvent.Reason.STOP;
  }

  private record Call(String id, String name, StringBuilder arguments) {
    String argumentsOrNone() {
      return arguments.length() == 0 ? "{}" : arguments.toString();
    }
  }

  private final AnswerTerms terms;
  private final boolean oldFunctions;
  private final Map<Integer, Choice> choices = new TreeMap<>();
  private String id;
  private @Nullable TokenUsage usage;

  /** @param oldFunctions whether calls of tools are said as {@code function_call}, of which there is one */
  ChatDocumentWriter(AnswerTerms terms, boolean oldFunctions) {
    this.terms = terms;
    this.oldFunctions = oldFunctions;
    this.id = "chatcmpl-" + terms.id();
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream out) {
    if (event instanceof AnswerEvent.Began began) {
      id = began.id().isEmpty() ? id : began.id();
    } else if (event instanceof AnswerEvent.Text text) {
      Choice choice = choice(text.choice());
      choice.said.spoke();
      choice.text.append(text.text());
    } else if (event instanceof AnswerEvent.Declined declined) {
      Choice choice = choice(declined.choice());
      choice.said.spoke();
      choice.refusal.append(declined.text());
    } else if (event instanceof AnswerEvent.Thought thought) {
      Choice choice = choice(thought.choice());
      choice.said.thought(thought.text());
      choice.thought.append(thought.text());
    } else if (event instanceof AnswerEvent.Signed signed) {
      choice(signed.choice()).said.signed(signed.signature());
    } else if (event instanceof AnswerEvent.ToolBegan call) {
      Choice choice = choice(call.choice());
      String carrying = choice.said.began(call.index(), call.id());
      choice.calls.put(call.index(), new Call(carrying, call.name(), new StringBuilder()));
    } else if (event instanceof AnswerEvent.ToolArguments arguments) {
      Call call = choice(arguments.choice()).calls.get(arguments.index());
      if (call != null) {
        call.arguments().append(arguments.json());
      }
    } else if (event instanceof AnswerEvent.Ended ended) {
      choice(ended.choice()).reason = ended.reason();
    } else if (event instanceof AnswerEvent.Used used) {
      usage = used.usage();
    } else if (event instanceof AnswerEvent.Failed failed) {
      out.writeBytes(Errors.json(failed.error()).toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private Choice choice(int index) {
    return choices.computeIfAbsent(index, none -> new Choice());
  }

  @Override
  public void end(ByteArrayOutputStream out) {
    ObjectNode document = Json.MAPPER.createObjectNode();
    document
        .put("id", id)
        .put("object", "chat.completion")
        .put("created", terms.createdSeconds())
        .put("model", terms.model());
    ArrayNode all = document.putArray("choices");
    choices.forEach((index, choice) -> {
      ObjectNode one = all.addObject().put("index", index);
      message(choice, one.putObject("message"));
      one.putNull("logprobs")
          .put("finish_reason", ChatStreamWriter.finishReason(choice.reason, oldFunctions));
    });
    TokenUsage told = usage;
    if (told != null) {
      document.set("usage", Usage.chat(told));
    }
    out.writeBytes(document.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void message(Choice choice, ObjectNode message) {
    message.put("role", "assistant");
    boolean silent =
        choice.text.length() == 0 && (choice.refusal.length() > 0 || !choice.calls.isEmpty());
    message.put("content", silent ? null : choice.text.toString());
    message.put("refusal", choice.refusal.length() == 0 ? null : choice.refusal.toString());
    if (choice.thought.length() > 0) {
      message.put("reasoning_content", choice.thought.toString());
    }
    if (choice.calls.isEmpty()) {
      return;
    }
    if (oldFunctions) {
      Call first = choice.calls.values().iterator().next();
      message
          .putObject("function_call")
          .put("name", first.name())
          .put("arguments", first.argumentsOrNone());
      return;
    }
    ArrayNode calls = message.putArray("tool_calls");
    for (Call call : choice.calls.values()) {
      calls
          .addObject()
          .put("id", call.id())
          .put("type", "function")
          .putObject("function")
          .put("name", call.name())
          .put("arguments", call.argumentsOrNone());
    }
  }
}
