package dev.sluice.model.bedrock;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.anthropic.Thoughts;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Part.Source;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Signature.Maker;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.Turn.Role;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes turns as messages: neighbours of one role are one message, results of tools stand first in theirs, blank texts are left
 * out, and so are thoughts that others than Claude signed.
 */
final class ConverseBlocks {
  private static final int LONGEST_ID = 64;
  private static final int LONGEST_NAME = 200;
  private static final int MOST_CACHED = 4;

  private static final Map<String, String> IMAGES =
      Map.of("image/png", "png", "image/jpeg", "jpeg", "image/gif", "gif", "image/webp", "webp");

  private static final Map<String, String> DOCUMENTS = Map.of(
      "application/pdf",
      "pdf",
      "text/csv",
      "csv",
      "application/msword",
      "doc",
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      "docx",
      "application/vnd.ms-excel",
      "xls",
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "xlsx",
      "text/html",
      "html",
      "text/plain",
      "txt",
      "text/markdown",
      "md");

  private static final Map<String, String> AUDIO = Map.of(
      "audio/mpeg", "mp3",
      "audio/mp3", "mp3",
      "audio/wav", "wav",
      "audio/x-wav", "wav",
      "audio/flac", "flac",
      "audio/ogg", "ogg",
      "audio/aac", "aac",
      "audio/opus", "opus",
      "audio/mp4", "mp4",
      "audio/webm", "webm");

  private final boolean claude;
  private final Losses losses;
  private final Set<String> called = new LinkedHashSet<>();
  private final Set<String> documentNames = new HashSet<>();
  private final Map<String, String> ids = new HashMap<>();
  private int cached;

  /** @param claude whether the model takes marks of what to cache, and signed thoughts */
  ConverseBlocks(boolean claude, Losses losses) {
    this.claude = claude;
    this.losses = losses;
  }

  /** The names of the tools that were called, once the messages are written. */
  Set<String> called() {
    return called;
  }

  ArrayNode system(List<Part.Text> texts) {
    ArrayNode blocks = Json.MAPPER.createArrayNode();
    texts.forEach(text -> text(text, blocks));
    return blocks;
  }

  ArrayNode messages(Conversation conversation) throws UnsayableException {
    ArrayNode messages = Json.MAPPER.createArrayNode();
    List<Turn> turns = conversation.turns();
    for (int i = 0; i < turns.size(); ) {
      Role role = turns.get(i).role();
      ArrayNode results = Json.MAPPER.createArrayNode();
      ArrayNode others = Json.MAPPER.createArrayNode();
      for (; i < turns.size() && turns.get(i).role() == role; i++) {
        for (Part part : turns.get(i).parts()) {
          add(part, role, part instanceof Part.ToolResult ? results : others);
        }
      }
      if (results.size() + others.size() > 0) {
        ObjectNode message =
            messages.addObject().put("role", role == Role.USER ? "user" : "assistant");
        message.putArray("content").addAll(results).addAll(others);
      }
    }
    return messages;
  }

  private void add(Part part, Role role, ArrayNode to) throws UnsayableException {
    boolean own = role == Role.ASSISTANT;
    if (part instanceof Part.Text text) {
      text(text, to);
    } else if (part instanceof Part.Image image) {
      media(image.at(), own, "image", image.source(), IMAGES, to);
    } else if (part instanceof Part.Audio audio) {
      media(audio.at(), own, "audio", audio.source(), AUDIO, to);
    } else if (part instanceof Part.Document document) {
      document(document, own, to);
    } else if (part instanceof Part.Thought thought) {
      thought(thought, to);
    } else if (part instanceof Part.ToolUse use) {
      called.add(use.name());
      ObjectNode tool = to.addObject().putObject("toolUse");
      tool.put("toolUseId", id(use.id())).put("name", use.name()).set("input", use.arguments());
    } else if (part instanceof Part.ToolResult result) {
      result(result, to);
    }
  }

  private void text(Part.Text text, ArrayNode to) {
    if (text.text().isBlank()) {
      return;
    }
    to.addObject().put("text", text.text());
    if (text.cached() && claude && cached < MOST_CACHED) {
      cached++;
      to.addObject().putObject("cachePoint").put("type", "default");
    }
  }

  private void media(
      String at, boolean own, String kind, Source source, Map<String, String> formats, ArrayNode to)
      throws UnsayableException {
    if (own) {
      losses.drop(at, "models at Bedrock take no " + kind + " of their own");
    } else if (!(source instanceof Source.Bytes bytes)) {
      losses.drop(at, "Bedrock does not fetch URLs; send the bytes instead");
    } else {
      String format = formats.get(bytes.mediaType());
      if (format == null) {
        losses.drop(at, "Bedrock takes no " + kind + " as " + bytes.mediaType());
        return;
      }
      ObjectNode block = to.addObject().putObject(kind).put("format", format);
      block.putObject("source").put("bytes", bytes.base64());
    }
  }

  private void document(Part.Document document, boolean own, ArrayNode to)
      throws UnsayableException {
    Source source = document.source();
    if (own || source instanceof Source.Url) {
      losses.drop(
          document.at(),
          own
              ? "models at Bedrock take no documents of their own"
              : "Bedrock does not fetch URLs; send the bytes instead");
      return;
    }
    String type = source instanceof Source.Bytes bytes ? bytes.mediaType() : "text/plain";
    String format = DOCUMENTS.get(type);
    if (format == null) {
      losses.drop(document.at(), "Bedrock takes no document as " + type);
      return;
    }
    String base64 = source instanceof Source.Bytes bytes
        ? bytes.base64()
        : base64(((Source.PlainText) source).text());
    ObjectNode block = to.addObject().putObject("document").put("format", format);
    block.put("name", documentName(document.name()));
    block.putObject("source").put("bytes", base64);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Names have letters, digits, single blanks, hyphens and brackets, and each is there once. */
  private String documentName(String wanted) {
    String clean = wanted
        .replaceAll("[^a-zA-Z0-9\\s\\-()\\[\\]]", "-")
        .replaceAll("\\s+", " ")
        .strip();
    String cut = clean.length() > LONGEST_NAME - 8 ? clean.substring(0, LONGEST_NAME - 8) : clean;
    String base = cut.isBlank() ? "document" : cut.strip();
    String name = base;
    for (int i = 2; !documentNames.add(name); i++) {
      name = base + " (" + i + ")";
    }
    return name;
  }

  private void thought(Part.Thought thought, ArrayNode to) {
    Signature signature = thought.signature();
    if (!claude || signature == null || signature.maker() != Maker.ANTHROPIC) {
      return;
    }
    ObjectNode reasoning = to.addObject().putObject("reasoningContent");
    String redacted = Thoughts.redactedData(signature);
    if (redacted != null) {
      reasoning.put("redactedContent", redacted);
    } else {
      reasoning
          .putObject("reasoningText")
          .put("text", thought.text())
          .put("signature", signature.value());
    }
  }

  private void result(Part.ToolResult result, ArrayNode to) throws UnsayableException {
    if (!result.name().isEmpty()) {
      called.add(result.name());
    }
    ArrayNode content = Json.MAPPER.createArrayNode();
    for (Part part : result.content()) {
      if (part instanceof Part.Text text) {
        if (!text.text().isBlank()) {
          content.addObject().put("text", text.text());
        }
      } else {
        add(part, Role.USER, content);
      }
    }
    if (content.isEmpty()) {
      content.addObject().putObject("json");
    }
    ObjectNode block = to.addObject().putObject("toolResult").put("toolUseId", id(result.id()));
    block.set("content", content);
    if (result.error()) {
      block.put("status", "error");
    }
  }

  /** Ids have at most 64 letters, digits, {@code _} and {@code -}; each of the caller's becomes one of them. */
  private String id(String id) {
    return ids.computeIfAbsent(id, given -> {
      boolean fits = given.length() <= LONGEST_ID && given.matches("[a-zA-Z0-9_-]+");
      return fits ? given : "call_" + ids.size() + "_" + Integer.toHexString(given.hashCode());
    });
  }

  /** For the specs of tools that are no longer offered. */
  List<String> calledBut(Set<String> offered) {
    List<String> names = new ArrayList<>(called);
    names.removeAll(offered);
    return names;
  }
}
