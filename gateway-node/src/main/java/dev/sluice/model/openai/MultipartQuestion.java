package dev.sluice.model.openai;

import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A request in the form of a form, with files: what decides its way and cost stands in fields of it. */
final class MultipartQuestion implements Question {
  private static final int MOST_NUMBER_BYTES = 9;
  private static final int MOST_MODEL_BYTES = 1_024;
  private static final long MOST_ANSWERS = 128;
  private static final long PARTIAL_IMAGE_TOKENS = 100;

  private final FormCall call;
  private final String contentType;
  private final FormParts parts;
  private final String model;
  private final boolean stream;
  private final long answers;
  private final long partialImages;

  private MultipartQuestion(FormCall call, String contentType, FormParts parts)
      throws UnsayableException {
    this.call = call;
    this.contentType = contentType;
    this.parts = parts;
    this.model = text("model", MOST_MODEL_BYTES);
    if (model.isEmpty()) {
      throw new UnsayableException("model", "you must name a model");
    }
    String flag = text("stream", MOST_NUMBER_BYTES);
    this.stream = switch (flag) {
      case "true", "True", "1" -> true;
      case "", "false", "False", "0" -> false;
      default -> throw new UnsayableException("stream", "stream must be true or false");
    };
    this.answers = Math.max(1, number("n")) * Math.max(1, number("frame_count"));
    this.partialImages = number("partial_images");
  }

  static QuestionRead read(FormCall call, String contentType, byte[] body) {
    try {
      FormParts parts = FormParts.read(contentType, body);
      return new QuestionRead.Good(new MultipartQuestion(call, contentType, parts));
    } catch (UnsayableException e) {
      return new QuestionRead.Bad(e.field(), e.why());
    }
  }

  /** The value of a field that decides; empty if it is not there. */
  private String text(String name, int mostBytes) throws UnsayableException {
    FormParts.@Nullable Part part = parts.only(name);
    if (part == null) {
      return "";
    }
    if (part.file() || part.encoded() || part.to() - part.from() > mostBytes) {
      throw new UnsayableException(name, name + " must be a plain field of the form, and short");
    }
    return new String(parts.bytes(), part.from(), part.to() - part.from(), StandardCharsets.UTF_8);
  }

  private long number(String name) throws UnsayableException {
    String text = text(name, MOST_NUMBER_BYTES);
    if (text.isEmpty()) {
      return 0;
    }
    boolean digits = text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits || Long.parseLong(text) > MOST_ANSWERS) {
      throw new UnsayableException(
          name, name + " must be a whole number of at most " + MOST_ANSWERS);
    }
    return Long.parseLong(text);
  }

  @Override
  public Envelope envelope() {
    return new Envelope(
        model,
        stream,
        answers,
        null,
        Texts.TEMPLATE_TOKENS * 2L + parts.textBytes(),
        partialImages * PARTIAL_IMAGE_TOKENS,
        call.file(),
        0,
        "");
  }

  @Override
  public String contentType() {
    return contentType;
  }

  @Override
  public byte[] bodyFor(Terms terms) {
    FormParts.Part part = parts.has("model");
    if (part == null || terms.model().equals(model)) {
      return parts.bytes();
    }
    byte[] bytes = parts.bytes();
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 64);
    out.write(bytes, 0, part.from());
    out.writeBytes(terms.model().getBytes(StandardCharsets.UTF_8));
    out.write(bytes, part.to(), bytes.length - part.to());
    return out.toByteArray();
  }

  /** @throws UnsayableException always */
  @Override
  public Conversation conversation() throws UnsayableException {
    throw new UnsayableException(
        "model", "this model's provider has no API for " + call.what() + " as they are asked here");
  }
}
