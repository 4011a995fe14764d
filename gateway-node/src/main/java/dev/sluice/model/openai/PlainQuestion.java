package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.FieldNames;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that is no conversation: texts to embed, to rank, to judge, to speak, or to paint after. */
final class PlainQuestion implements Question {
  private static final long MOST_IMAGES = 128;
  private static final long MOST_PARTIAL_IMAGES = 16;

  /** That OpenAI charges for each picture shown before it is done. */
  private static final long PARTIAL_IMAGE_TOKENS = 100;

  private final PlainCall call;
  private final JsonBody body;
  private final Given request;
  private final String named;
  private final String model;
  private final boolean stream;
  private long inputBound;
  private long answers = 1;
  private long partialImages;
  private long inputs = 1;
  private @Nullable String unbounded;

  private PlainQuestion(PlainCall call, JsonBody body) throws UnsayableException {
    this.call = call;
    this.body = body;
    FieldNames.check(body.tree());
    this.request = new Given("", body.tree());
    this.named = request.of("model").textOrNone();
    this.model = named.isEmpty() ? call.usualModel() : named;
    if (model.isEmpty()) {
      throw new UnsayableException("model", "you must name a model");
    }
    this.stream = call.output()
        && (request.of("stream").flagOr(false)
            || request.of("stream_format").textOrNone().equals("sse"));
    inputBound = 2 * Texts.TEMPLATE_TOKENS;
    switch (call) {
      case EMBEDDINGS, MODERATIONS -> inputs();
      case RERANK -> ranks();
      case SPEECH -> {
        text(request.of("input"));
        text(request.of("instructions"));
      }
      case IMAGES -> images();
    }
  }

  /** @param bytes the whole JSON document */
  static QuestionRead read(PlainCall call, byte[] bytes) {
    try {
      return new QuestionRead.Good(new PlainQuestion(call, JsonBody.read(bytes)));
    } catch (UnsayableException e) {
      return new QuestionRead.Bad(e.field(), e.why());
    }
  }

  private void text(Given text) {
    inputBound += Texts.TEMPLATE_TOKENS + Texts.bytes(text.json());
  }

  /** A text or tokens, or a list of those, or of objects with texts. */
  private void inputs() throws UnsayableException {
    Given input = request.of("input");
    for (String other : new String[] {"instruction", "prompt", "prefix", "suffix"}) {
      text(request.of(other));
    }
    if (request.of("messages").said()) {
      unbounded("messages");
      return;
    }
    if (!input.said()) {
      throw new UnsayableException("input", "you must send an input");
    }
    if (!input.isList()) {
      input(input);
      return;
    }
    inputs = input.list().size();
    for (Given one : input.list()) {
      input(one);
    }
  }

  private void input(Given input) throws UnsayableException {
    JsonNode json = input.json();
    if (json.isNumber()) {
      inputBound++;
    } else if (input.isList()) {
      inputBound += Texts.TEMPLATE_TOKENS;
      for (Given token : input.list()) {
        token.whole(0, Long.MAX_VALUE);
        inputBound++;
      }
    } else if (input.isText()) {
      text(input);
    } else if (json.isObject()) {
      text(input);
      onlyTexts(input);
    } else {
      throw input.wrong("a text, a list of tokens, or a list of those");
    }
  }

  /** Of objects only texts by their usual names are known to be no more than their bytes. */
  private void onlyTexts(Given object) {
    for (Map.Entry<String, JsonNode> field : object.json().properties()) {
      boolean text = field.getValue().isTextual()
          && List.of("text", "type", "title", "id").contains(field.getKey());
      if (!text) {
        unbounded(object.at());
      }
    }
  }

  /** The model reads the query with each document. */
  private void ranks() throws UnsayableException {
    Given query = request.of("query");
    if (!query.isText()) {
      unbounded("query");
    }
    List<Given> documents = request.of("documents").list();
    if (!query.said() || documents.isEmpty()) {
      String field = query.said() ? "documents" : "query";
      throw new UnsayableException(field, "you must send a query and at least one document");
    }
    long each = 2 * Texts.TEMPLATE_TOKENS
        + Texts.bytes(query.json())
        + Texts.bytes(request.of("instruction").json());
    inputs = documents.size();
    for (Given document : documents) {
      inputBound += each + Texts.bytes(document.json());
      if (!document.isText()) {
        document.object();
        onlyTexts(document);
      }
    }
  }

  private void images() throws UnsayableException {
    text(request.of("prompt"));
    text(request.of("negative_prompt"));
    for (String field : new String[] {"image", "images", "input_image", "svg"}) {
      if (request.of(field).said()) {
        unbounded(field);
      }
    }
    Given n = request.of("n");
    Given frames = request.of("frame_count");
    Given partial = request.of("partial_images");
    answers = n.said() ? n.whole(1, MOST_IMAGES) : 1;
    answers *= frames.said() ? frames.whole(1, MOST_IMAGES) : 1;
    partialImages = partial.said() ? partial.whole(0, MOST_PARTIAL_IMAGES) : 0;
  }

  private void unbounded(String field) {
    unbounded = unbounded == null ? field : unbounded;
  }

  @Override
  public Envelope envelope() {
    return new Envelope(
            model,
            stream,
            answers,
            call.output() ? null : 0L,
            inputBound,
            partialImages * PARTIAL_IMAGE_TOKENS,
            unbounded,
            0,
            "")
        .ofInputs(inputs);
  }

  @Override
  public byte[] bodyFor(Terms terms) {
    return terms.model().equals(named)
        ? body.with(Map.of())
        : body.with(Map.of("model", Json.quoted(terms.model())));
  }

  /** @throws UnsayableException always */
  @Override
  public Conversation conversation() throws UnsayableException {
    throw new UnsayableException(
        "model", "this model's provider has no API for " + call.what() + " as they are asked here");
  }
}
