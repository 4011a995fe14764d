package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says turns in Gemini's contents: neighbours of one role in one, results of functions before all else in it. */
final class GeminiContents {
  /** Google's own word for a call that comes without a signature as another model made it; Gemini 3 and later refuse it else. */
  private static final String UNSIGNED = "skip_thought_signature_validator";

  private static final Pattern GENERATION = Pattern.compile("(?:^|/)gemini-(\\d{1,3})");
  private static final int FIRST_THAT_DEMANDS_SIGNATURES = 3;
  private static final Map<String, String> TYPES = Map.of(
      "png", "image/png",
      "jpg", "image/jpeg",
      "jpeg", "image/jpeg",
      "webp", "image/webp",
      "gif", "image/gif",
      "heic", "image/heic",
      "pdf", "application/pdf",
      "txt", "text/plain");

  private final Losses losses;
  private final boolean demandsSignatures;

  GeminiContents(Terms terms, Losses losses) {
    this.losses = losses;
    Matcher generation = GENERATION.matcher(terms.model());
    this.demandsSignatures =
        generation.find() && Integer.parseInt(generation.group(1)) >= FIRST_THAT_DEMANDS_SIGNATURES;
  }

  ArrayNode of(List<Turn> turns) throws UnsayableException {
    ArrayNode contents = Json.MAPPER.createArrayNode();
    Turn.Role last = null;
    ArrayNode results = Json.MAPPER.createArrayNode();
    ArrayNode parts = Json.MAPPER.createArrayNode();
    for (Turn turn : Turn.merged(turns)) {
      if (turn.role() != last) {
        close(contents, last, results, parts);
        last = turn.role();
      }
      if (turn.role() == Turn.Role.ASSISTANT) {
        said(turn, parts);
      } else {
        for (Part part : turn.parts()) {
          if (part instanceof Part.ToolResult result) {
            result(result, results);
          } else {
            plain(part, parts);
          }
        }
      }
    }
    close(contents, last, results, parts);
    return contents;
  }

  private static void close(
      ArrayNode contents, Turn.@Nullable Role role, ArrayNode results, ArrayNode parts) {
    if (!results.isEmpty() || !parts.isEmpty()) {
      contents
          .addObject()
          .put("role", role == Turn.Role.ASSISTANT ? "model" : "user")
          .putArray("parts")
          .addAll(results)
          .addAll(parts);
      results.removeAll();
      parts.removeAll();
    }
  }

  /** What the model said. A signature stands on the part behind its thought. */
  private void said(Turn turn, ArrayNode parts) throws UnsayableException {
    String signature = null;
    boolean anyCall = false;
    for (Part part : turn.parts()) {
      if (part instanceof Part.Thought thought) {
        Signature mark = thought.signature();
        boolean own = mark != null && mark.maker() == Signature.Maker.GEMINI;
        if (own && signature != null) {
          parts.addObject().put("text", "").put("thoughtSignature", signature);
        }
        signature = own && mark != null ? mark.value() : signature;
        continue;
      }
      if (part instanceof Part.ToolUse call) {
        ObjectNode said = parts.addObject();
        said.putObject("functionCall")
            .put("id", call.id())
            .put("name", call.name())
            .set("args", call.arguments());
        signature = signature == null && demandsSignatures && !anyCall ? UNSIGNED : signature;
        anyCall = true;
      } else {
        plain(part, parts);
      }
      if (signature != null && parts.get(parts.size() - 1) instanceof ObjectNode said) {
        said.put("thoughtSignature", signature);
        signature = null;
      }
    }
    if (signature != null) {
      parts.addObject().put("text", "").put("thoughtSignature", signature);
    }
  }

  private void plain(Part part, ArrayNode parts) throws UnsayableException {
    if (part instanceof Part.Text text) {
      parts.addObject().put("text", text.text());
    } else if (part instanceof Part.Image image) {
      media(image.source(), parts.addObject());
    } else if (part instanceof Part.Audio audio) {
      media(audio.source(), parts.addObject());
    } else if (part instanceof Part.Document document) {
      media(document.source(), parts.addObject());
    } else {
      losses.drop(part.at(), "only the model can say this in Gemini's API");
    }
  }

  private static void media(Part.Source source, ObjectNode part) {
    if (source instanceof Part.Source.Bytes bytes) {
      part.putObject("inlineData").put("mimeType", bytes.mediaType()).put("data", bytes.base64());
    } else if (source instanceof Part.Source.Url url) {
      ObjectNode file = part.putObject("fileData");
      String type = url.mediaType().isEmpty() ? typeOf(url.url()) : url.mediaType();
      if (!type.isEmpty()) {
        file.put("mimeType", type);
      }
      file.put("fileUri", url.url());
    } else if (source instanceof Part.Source.PlainText text) {
      part.put("text", text.text());
    }
  }

  /** What a URL ends in says what stands there; empty if it does not. */
  private static String typeOf(String url) {
    int end = url.length();
    for (char mark : new char[] {'?', '#'}) {
      int at = url.indexOf(mark);
      end = at < 0 ? end : Math.min(end, at);
    }
    String path = url.substring(0, end);
    String ending = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return TYPES.getOrDefault(ending, "");
  }

  /** Gemini wants an object: texts stand in one, under {@code result} or {@code error}. */
  private void result(Part.ToolResult result, ArrayNode results) throws UnsayableException {
    if (result.name().isEmpty()) {
      throw new UnsayableException(
          result.at(),
          "no call with the id " + result.id()
              + " stands before it, and Gemini needs its function's name");
    }
    StringBuilder text = new StringBuilder();
    ArrayNode media = Json.MAPPER.createArrayNode();
    for (Part part : result.content()) {
      if (part instanceof Part.Text said) {
        text.append(text.length() == 0 ? "" : "\n").append(said.text());
      } else {
        plain(part, media);
      }
    }
    ObjectNode response = results.addObject().putObject("functionResponse");
    response.put("id", result.id()).put("name", result.name());
    response.putObject("response").put(result.error() ? "error" : "result", text.toString());
    if (!media.isEmpty()) {
      response.set("parts", media);
    }
  }
}
