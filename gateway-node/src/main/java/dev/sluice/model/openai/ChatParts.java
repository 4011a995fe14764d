package dev.sluice.model.openai;

import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.UnsayableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the content of a message: a text, or a list of parts. Empty texts are none. */
final class ChatParts {
  private ChatParts() {}

  /** @param beyond takes the parts that no other dialect has, such as files stored with the provider */
  static List<Part> of(Given content, List<Said<String>> beyond) throws UnsayableException {
    List<Part> parts = new ArrayList<>();
    if (!content.said()) {
      return parts;
    }
    if (content.isText()) {
      addText(parts, content, false);
      return parts;
    }
    if (!content.isList()) {
      throw content.wrong("a text or a list of parts");
    }
    for (Given part : content.list()) {
      part.object();
      switch (part.of("type").text()) {
        case "text" -> addText(parts, part.of("text"), cached(part));
        case "refusal" -> addText(parts, part.of("refusal"), false);
        case "image_url" -> parts.add(image(part));
        case "input_audio" -> parts.add(audio(part));
        case "file" -> file(part, parts, beyond);
        default -> throw part.of("type").wrong("text, image_url, input_audio, file or refusal");
      }
    }
    return parts;
  }

  static void addText(List<Part> parts, Given text, boolean cached) throws UnsayableException {
    if (!text.text().isEmpty()) {
      parts.add(new Part.Text(text.at(), text.text(), cached));
    }
  }

  /** Whether the caller marks the end of a part as worth caching, in OpenAI's words or in Anthropic's. */
  static boolean cached(Given part) {
    return part.of("prompt_cache_breakpoint").said() || part.of("cache_control").said();
  }

  private static Part image(Given part) throws UnsayableException {
    Given image = part.of("image_url");
    Given url = image.isText() ? image : image.of("url");
    String detail = image.isText() ? "" : image.of("detail").textOrNone();
    return new Part.Image(part.at(), DataUrl.source(url), detail);
  }

  static Part audio(Given part) throws UnsayableException {
    Given audio = part.of("input_audio");
    String format = audio.of("format").text().toLowerCase(Locale.ROOT);
    String data = DataUrl.base64(audio.of("data"), audio.of("data").text());
    return new Part.Audio(
        part.at(),
        new Part.Source.Bytes("audio/" + (format.equals("mp3") ? "mpeg" : format), data));
  }

  private static void file(Given part, List<Part> parts, List<Said<String>> beyond)
      throws UnsayableException {
    Given file = part.of("file");
    file.object();
    if (file.of("file_id").said()) {
      beyond.add(new Said<>("file_id", file.of("file_id").at()));
      return;
    }
    parts.add(document(part.at(), file.of("file_data"), file.of("filename").textOrNone()));
  }

  /** @param data a data URL, or base64 alone, which is that of a PDF */
  static Part document(String at, Given data, String name) throws UnsayableException {
    boolean url = data.text().regionMatches(true, 0, "data:", 0, 5);
    return new Part.Document(
        at,
        url
            ? DataUrl.source(data)
            : new Part.Source.Bytes("application/pdf", DataUrl.base64(data, data.text())),
        name);
  }
}
