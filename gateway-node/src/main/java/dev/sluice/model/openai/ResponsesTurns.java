package dev.sluice.model.openai;

import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the items of a response's input. Each is a turn, or a part of one: neighbours of one role belong together. The encrypted
 * content of a reasoning item is the place of a signature.
 */
final class ResponsesTurns {
  private final List<Said<String>> beyond;
  private final List<Part.Text> system = new ArrayList<>();
  private final List<Turn> turns = new ArrayList<>();
  private final Map<String, String> namesById = new HashMap<>();

  /** @param beyond takes what no other dialect has */
  ResponsesTurns(List<Said<String>> beyond) {
    this.beyond = beyond;
  }

  List<Part.Text> system() {
    return system;
  }

  List<Turn> turns() {
    return turns;
  }

  void read(Given instructions, Given input) throws UnsayableException {
    if (instructions.isText() || !instructions.said()) {
      String text = instructions.textOrNone();
      if (!text.isEmpty()) {
        system.add(new Part.Text(instructions.at(), text));
      }
    } else {
      items(instructions);
    }
    if (input.isText()) {
      turn(Turn.Role.USER, List.of(new Part.Text(input.at(), input.text())));
    } else {
      items(input);
    }
  }

  private void items(Given input) throws UnsayableException {
    for (Given item : input.list()) {
      item.object();
      String type = item.of("type").said() ? item.of("type").text() : "message";
      switch (type) {
        case "message" -> message(item);
        case "function_call" -> call(item);
        case "function_call_output" -> output(item);
        case "reasoning" -> thought(item);
        case "item_reference" ->
          throw new UnsayableException(
              item.at(),
              "an item that is stored with OpenAI means nothing to models of others: send the item "
                  + "itself (SDKs do with store: false)");
        default -> beyond.add(new Said<>(type, item.at()));
      }
    }
  }

  private void turn(Turn.Role role, List<Part> parts) {
    if (!parts.isEmpty()) {
      turns.add(new Turn(role, parts));
    }
  }

  private void message(Given item) throws UnsayableException {
    Given content = item.of("content");
    if (!content.said()) {
      throw content.wrong("a text or a list of parts");
    }
    List<Part> parts = content(content);
    switch (item.of("role").text()) {
      case "user" -> {
        if (parts.isEmpty()) {
          parts.add(new Part.Text(content.at(), ""));
        }
        turn(Turn.Role.USER, parts);
      }
      case "assistant" -> turn(Turn.Role.ASSISTANT, parts);
      case "system", "developer" -> {
        for (Part part : parts) {
          if (!(part instanceof Part.Text text)) {
            throw new UnsayableException(part.at(), part.at() + " must be a text in instructions");
          }
          system.add(text);
        }
      }
      default -> throw item.of("role").wrong("user, assistant, system or developer");
    }
  }

  private List<Part> content(Given content) throws UnsayableException {
    List<Part> parts = new ArrayList<>();
    if (content.isText()) {
      ChatParts.addText(parts, content, false);
      return parts;
    }
    if (!content.isList()) {
      throw content.wrong("a text or a list of parts");
    }
    for (Given part : content.list()) {
      part.object();
      switch (part.of("type").text()) {
        case "input_text", "output_text", "text" ->
          ChatParts.addText(parts, part.of("text"), ChatParts.cached(part));
        case "refusal" -> ChatParts.addText(parts, part.of("refusal"), false);
        case "input_image" -> image(part, parts);
        case "input_file" -> file(part, parts);
        case "input_audio" -> parts.add(ChatParts.audio(part));
        default ->
          throw part.of("type")
              .wrong("input_text, input_image, input_file, input_audio, output_text or refusal");
      }
    }
    return parts;
  }

  /** Whether a part is a file stored with the provider. */
  private boolean stored(Given part) {
    Given id = part.of("file_id");
    if (id.said()) {
      beyond.add(new Said<>("file_id", id.at()));
    }
    return id.said();
  }

  private void image(Given part, List<Part> parts) throws UnsayableException {
    if (!stored(part)) {
      parts.add(new Part.Image(
          part.at(), DataUrl.source(part.of("image_url")), part.of("detail").textOrNone()));
    }
  }

  private void file(Given part, List<Part> parts) throws UnsayableException {
    String name = part.of("filename").textOrNone();
    if (part.of("file_url").said()) {
      parts.add(new Part.Document(part.at(), DataUrl.source(part.of("file_url")), name));
    } else if (!stored(part)) {
      parts.add(ChatParts.document(part.at(), part.of("file_data"), name));
    }
  }

  private void call(Given item) throws UnsayableException {
    String id = item.of("call_id").text();
    String name = item.of("name").text();
    if (item.of("namespace").said()) {
      beyond.add(new Said<>("namespace", item.of("namespace").at()));
    }
    namesById.put(id, name);
    turn(
        Turn.Role.ASSISTANT,
        List.of(new Part.ToolUse(item.at(), id, name, ChatTurns.arguments(item.of("arguments")))));
  }

  private void output(Given item) throws UnsayableException {
    String id = item.of("call_id").text();
    turn(
        Turn.Role.USER,
        List.of(new Part.ToolResult(
            item.at(), id, namesById.getOrDefault(id, ""), content(item.of("output")), false)));
  }

  /** Its words are the content, where the model shows it, else the summary. */
  private void thought(Given item) throws UnsayableException {
    String text = joined(item.of("content"));
    String words = text.isEmpty() ? joined(item.of("summary")) : text;
    String encrypted = item.of("encrypted_content").textOrNone();
    if (!words.isEmpty() || !encrypted.isEmpty()) {
      Signature signature =
          encrypted.isEmpty() ? null : Signature.of(encrypted, Signature.Maker.OPENAI);
      turn(Turn.Role.ASSISTANT, List.of(new Part.Thought(item.at(), words, signature)));
    }
  }

  private static String joined(Given parts) throws UnsayableException {
    List<String> texts = new ArrayList<>();
    for (Given part : parts.list()) {
      texts.add(part.of("text").text());
    }
    return String.join("\n\n", texts);
  }
}
