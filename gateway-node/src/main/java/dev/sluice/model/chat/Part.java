package dev.sluice.model.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a turn. {@code at} is where it stands in the caller's request: {@code messages[2].content[0]}. */
public sealed interface Part {
  String at();

  /**
   * @param cached whether the caller marks the prompt up to here as worth caching; where a provider has no such mark,
   *     it changes nothing of the answer and is left out
   */
  record Text(String at, String text, boolean cached) implements Part {
    public Text(String at, String text) {
      this(at, text, false);
    }
  }

  /** @param detail {@code low}, {@code high}, {@code auto}, or empty */
  record Image(String at, Source source, String detail) implements Part {}

  /**
   * A document, such as a PDF.
   *
   * @param name its file name, or empty
   */
  record Document(String at, Source source, String name) implements Part {}

  record Audio(String at, Source source) implements Part {}

  /**
   * What the model thought before it spoke.
   *
   * @param text in words; empty if the provider hid it
   * @param signature what the provider needs to know it again, with who made it; null if there is none
   */
  record Thought(String at, String text, @Nullable Signature signature) implements Part {}

  /**
   * A tool that the model calls.
   *
   * @param arguments a JSON object
   */
  record ToolUse(String at, String id, String name, JsonNode arguments) implements Part {}

  /**
   * What a tool answered.
   *
   * @param id of the {@link ToolUse}
   * @param name of the tool, found by the id where the caller's dialect has none; empty if no such call was made
   * @param content texts, images and documents
   */
  record ToolResult(String at, String id, String name, List<Part> content, boolean error)
      implements Part {
    public ToolResult {
      content = List.copyOf(content);
    }
  }

  /** Where the bytes of an image, a document or a recording are. */
  sealed interface Source {
    /** @param base64 standard alphabet, padded */
    record Bytes(String mediaType, String base64) implements Source {}

    /** @param mediaType empty if it is not known */
    record Url(String mediaType, String url) implements Source {}

    /** A document that is plain text. */
    record PlainText(String text) implements Source {}
  }
}
