package dev.sluice.model.gemini;

import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Fields;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.TextBytes;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.chat.Words;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts what a request brings into the prompt, and finds what its bytes don't bound. */
final class GeminiInput {
  private static final int TEMPLATE_TOKENS = 16;
  private static final Set<String> BOUNDED_PARTS = Set.of(
      "text",
      "thought",
      "thoughtSignature",
      "thought_signature",
      "functionCall",
      "function_call",
      "functionResponse",
      "function_response",
      "executableCode",
      "executable_code",
      "codeExecutionResult",
      "code_execution_result",
      "partMetadata",
      "part_metadata");

  private long bytes;
  private boolean tools;
  private long entries = 2;
  private long embedded;
  private long words;
  private String lastUserText = "";
  private @Nullable String unbounded;

  void read(Fields whole) throws UnsayableException {
    Said<?> cached = whole.take("cachedContent", "cached_content");
    if (cached != null) {
      unbounded(cached.at());
    }
    bytes += TextBytes.ofAll(whole.object());
    for (Fields instruction : whole.oneOrMore("systemInstruction", "system_instruction")) {
      content(instruction);
    }
    List<Fields> contents = whole.oneOrMore("contents");
    if (contents.isEmpty()) {
      throw new UnsayableException("contents", "you must send at least one content");
    }
    for (Fields content : contents) {
      String text = content(content);
      String role = content.textOrEmpty("role");
      lastUserText =
          (role.isEmpty() || role.equals("user")) && !text.isEmpty() ? text : lastUserText;
    }
    for (Fields tool : whole.oneOrMore("tools")) {
      tool(tool);
    }
  }

  /** Pictures and speech of an answer are not within its cap. */
  void modalities(Fields config) throws UnsayableException {
    Said<List<String>> said = config.texts("responseModalities", "response_modalities");
    if (said != null
        && said.value().stream().anyMatch(name -> !name.toUpperCase(Locale.ROOT).equals("TEXT"))) {
      unbounded(said.at());
    }
  }

  /** Counts the contents of an embedding; returns nothing of what they say. */
  void embedded(Fields request) throws UnsayableException {
    embedded++;
    bytes += TextBytes.ofAll(request.object());
    for (Fields content : request.oneOrMore("content")) {
      content(content);
    }
  }

  Envelope envelope(String model, boolean stream, long choices, @Nullable Long outputCap) {
    return new Envelope(
            model,
            stream,
            choices,
            outputCap,
            bytes + TEMPLATE_TOKENS * entries,
            0,
            unbounded,
            words,
            lastUserText,
            tools)
        .ofInputs(embedded);
  }

  private String content(Fields content) throws UnsayableException {
    entries++;
    StringBuilder all = new StringBuilder();
    for (Fields part : content.oneOrMore("parts")) {
      String text = part.textOrEmpty("text");
      if (!text.isEmpty()) {
        words += Words.count(text);
        all.append(all.length() == 0 ? "" : " ").append(text);
      }
      part(part);
    }
    return all.toString();
  }

  private void part(Fields part) throws UnsayableException {
    part.object().fieldNames().forEachRemaining(name -> {
      if (!BOUNDED_PARTS.contains(name) && !part.object().path(name).isNull()) {
        unbounded(part.at(name));
      }
    });
    Fields answer = part.fields("functionResponse", "function_response");
    if (answer != null && !answer.object().path("parts").isEmpty()) {
      unbounded(answer.at("parts"));
    }
  }

  /** What runs at the provider brings into the prompt what no bytes here bound. */
  private void tool(Fields tool) throws UnsayableException {
    tools = true;
    entries += tool.oneOrMore("functionDeclarations", "function_declarations").size();
    tool.rest().forEach(other -> unbounded(other.at()));
  }

  private void unbounded(String at) {
    unbounded = unbounded == null ? at : unbounded;
  }
}
