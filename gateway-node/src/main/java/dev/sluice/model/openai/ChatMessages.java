package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.openai.ChatOptions.Feature;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says what was said in a conversation as messages. Neighbours of one role become one message; the results of tools come before
 * what the user says with them, and their images after all results, as the user's: a tool's message has only text. A result that
 * is an error begins with {@code Error:}. Signatures are left out, but for Gemini's
 * where the server is its own: this API has no place for them.
 */
final class ChatMessages {
  private final ChatOptions options;
  private final Losses losses;
  private final ArrayNode messages = Json.MAPPER.createArrayNode();

  ChatMessages(ChatOptions options, Losses losses) {
    this.options = options;
    this.losses = losses;
  }

  ArrayNode of(Conversation conversation) throws UnsayableException {
    if (!conversation.system().isEmpty()) {
      messages
          .addObject()
          .put("role", options.systemRole())
          .put(
              "content",
              conversation.system().stream()
                  .map(Part.Text::text)
                  .collect(Collectors.joining("\n")));
    }
    List<Turn> turns = conversation.turns();
    for (int i = 0; i < turns.size(); ) {
      Turn.Role role = turns.get(i).role();
      List<Part> parts = new ArrayList<>();
      for (; i < turns.size() && turns.get(i).role() == role; i++) {
        parts.addAll(turns.get(i).parts());
      }
      if (role == Turn.Role.USER) {
        user(parts);
      } else {
        assistant(parts);
      }
    }
    return messages;
  }

  private void user(List<Part> parts) throws UnsayableException {
    List<Part> said = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Part.ToolResult result) {
        said.addAll(result(result));
      }
    }
    for (Part part : parts) {
      if (!(part instanceof Part.ToolResult)) {
        said.add(part);
      }
    }
    if (said.size() == 1 && said.get(0) instanceof Part.Text only) {
      messages.addObject().put("role", "user").put("content", only.text());
      return;
    }
    ArrayNode content = Json.MAPPER.createArrayNode();
    for (Part part : said) {
      add(part, content);
    }
    if (!content.isEmpty()) {
      messages.addObject().put("role", "user").set("content", content);
    }
  }

  /** Says a tool's result. Returns what of it is no text. */
  private List<Part> result(Part.ToolResult result) {
    List<Part> others = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (Part part : result.content()) {
      if (part instanceof Part.Text text) {
        texts.add(text.text());
      } else {
        others.add(part);
      }
    }
    String text = String.join("\n", texts);
    boolean says = text.toLowerCase(Locale.ROOT).startsWith("error");
    messages
        .addObject()
        .put("role", "tool")
        .put("tool_call_id", id(result.id()))
        .put("content", result.error() && !says ? ("Error: " + text).strip() : text);
    return others;
  }

  private void assistant(List<Part> parts) throws UnsayableException {
    StringBuilder text = new StringBuilder();
    StringBuilder thought = new StringBuilder();
    ArrayNode calls = Json.MAPPER.createArrayNode();
    Signature signature = null;
    for (Part part : parts) {
      if (part instanceof Part.Text said) {
        text.append(said.text());
      } else if (part instanceof Part.Thought one) {
        thought.append(one.text());
        signature = one.signature();
      } else if (part instanceof Part.ToolUse use) {
        ObjectNode call = calls.addObject();
        signature(call, signature);
        signature = null;
        call.put("id", id(use.id()))
            .put("type", "function")
            .putObject("function")
            .put("name", use.name())
            .put("arguments", use.arguments().toString());
      } else {
        losses.drop(
            part.at(), "this provider's models take only texts and calls as their own words");
      }
    }
    if (text.length() == 0 && calls.isEmpty()) {
      return;
    }
    ObjectNode message = messages.addObject().put("role", "assistant");
    message.put("content", text.length() == 0 ? null : text.toString());
    if (thought.length() > 0 && options.has(Feature.THOUGHTS)) {
      message.put("reasoning_content", thought.toString());
    }
    if (!calls.isEmpty()) {
      message.set("tool_calls", calls);
    }
  }

  private void signature(ObjectNode call, @Nullable Signature signature) {
    if (signature != null
        && signature.maker() == Signature.Maker.GEMINI
        && options.has(Feature.GOOGLE_SIGNATURES)) {
      call.putObject("extra_content")
          .putObject("google")
          .put("thought_signature", signature.value());
    }
  }

  private String id(String id) {
    return options.has(Feature.SHORT_IDS) ? ShortIds.of(id) : id;
  }

  private void add(Part part, ArrayNode content) throws UnsayableException {
    if (part instanceof Part.Text text) {
      content.addObject().put("type", "text").put("text", text.text());
    } else if (part instanceof Part.Image image) {
      image(image, content);
    } else if (part instanceof Part.Document document) {
      document(document, content);
    } else if (part instanceof Part.Audio audio) {
      audio(audio, content);
    } else {
      losses.drop(part.at(), "this provider's models don't take this from the user");
    }
  }

  private void image(Part.Image image, ArrayNode content) throws UnsayableException {
    String url = "";
    if (image.source() instanceof Part.Source.Bytes bytes) {
      url = DataUrl.of(bytes);
    } else if (image.source() instanceof Part.Source.Url there) {
      url = there.url();
    }
    if (url.isEmpty() || !options.has(Feature.IMAGES)) {
      losses.drop(image.at(), "this provider takes no such image");
      return;
    }
    ObjectNode said =
        content.addObject().put("type", "image_url").putObject("image_url").put("url", url);
    if (!image.detail().isEmpty()) {
      said.put("detail", image.detail());
    }
  }

  private void document(Part.Document document, ArrayNode content) throws UnsayableException {
    if (document.source() instanceof Part.Source.PlainText text) {
      String title = document.name().isEmpty() ? "" : document.name() + ":\n";
      content.addObject().put("type", "text").put("text", title + text.text());
    } else if (document.source() instanceof Part.Source.Bytes bytes && options.has(Feature.FILES)) {
      content
          .addObject()
          .put("type", "file")
          .putObject("file")
          .put("filename", document.name().isEmpty() ? "document" : document.name())
          .put("file_data", DataUrl.of(bytes));
    } else {
      losses.drop(
          document.at(),
          options.has(Feature.FILES)
              ? "this provider takes documents only with their bytes in the request"
              : "this provider takes no documents");
    }
  }

  private void audio(Part.Audio audio, ArrayNode content) throws UnsayableException {
    String format = "";
    if (audio.source() instanceof Part.Source.Bytes bytes && options.has(Feature.AUDIO)) {
      format = switch (bytes.mediaType()) {
        case "audio/wav", "audio/x-wav", "audio/wave" -> "wav";
        case "audio/mpeg", "audio/mp3" -> "mp3";
        default -> "";
      };
      if (!format.isEmpty()) {
        content
            .addObject()
            .put("type", "input_audio")
            .putObject("input_audio")
            .put("data", bytes.base64())
            .put("format", format);
      }
    }
    if (format.isEmpty()) {
      losses.drop(audio.at(), "this provider takes recordings only as WAV or MP3, if at all");
    }
  }
}
