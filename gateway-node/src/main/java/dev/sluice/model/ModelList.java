package dev.sluice.model;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.edge.Arrival;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.ModelTable;
import dev.sluice.model.anthropic.AnthropicModels;
import dev.sluice.model.chat.Json;
import dev.sluice.model.gemini.GeminiModels;
import dev.sluice.model.ollama.OllamaModels;
import dev.sluice.model.openai.OpenAiModels;
import dev.sluice.proxy.Dialect;
import dev.sluice.proxy.HttpDate;
import dev.sluice.proxy.Inbound;
import dev.sluice.proxy.Refusal;
import dev.sluice.wire.Field;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The models that a caller can name, in the words of the dialect that it speaks. Those behind a beginning with a {@code *} can be
 * called and asked about, and not listed.
 */
final class ModelList {
  /** Of Ollama's API, as far as it is served here. */
  private static final String OLLAMA_VERSION = "0.12.0";

  private static final int MOST_QUESTION_BYTES = 64 * 1024;

  private final Inbound request;
  private final ModelTable models;

  private ModelList(Inbound request, ModelTable models) {
    this.request = request;
    this.models = models;
  }

  /** Whether this is about the list, rather than a call of a model. */
  static boolean serves(Action.Call call, String method) {
    return switch (call) {
      case LIST_MODELS, OLLAMA_TAGS, OLLAMA_VERSION, OLLAMA_SHOW -> true;
      case GEMINI, GEMINI_V1 -> method.equals("GET");
      default -> false;
    };
  }

  /** In whose words the caller of {@code /v1/models} asks, which several dialects have: its header fields tell. */
  static Dialect words(Inbound request, Action.Call call) {
    if (call != Action.Call.LIST_MODELS && call != Action.Call.GEMINI_V1) {
      return Callers.words(call);
    }
    var fields = request.arrival().head().fields();
    if (fields.first("anthropic-version") != null) {
      return Dialect.ANTHROPIC;
    }
    boolean google = fields.first("x-goog-api-key") != null;
    boolean asks = call == Action.Call.GEMINI_V1 && !request.method().equals("GET");
    return google || asks ? Dialect.GEMINI : Dialect.OPENAI;
  }

  static void answer(Inbound request, Action.Call call, ModelTable models) {
    ModelList list = new ModelList(request, models);
    String name = name(request.path(), call.path());
    switch (call) {
      case OLLAMA_TAGS -> list.say(OllamaModels.tags(models.names()));
      case OLLAMA_VERSION -> list.say(OllamaModels.version(OLLAMA_VERSION));
      case OLLAMA_SHOW -> request.arrival().readWhole(list.new Shown());
      default -> {
        if (name.isEmpty()) {
          list.all(models.names());
        } else if (models.knows(name)) {
          list.one(name);
        } else {
          request.refuse(new Refusal.NoSuchModel(name));
        }
      }
    }
  }

  /** What stands in a path below the one of the list. */
  private static String name(String path, String list) {
    return path.length() > list.length() + 1 ? path.substring(list.length() + 1) : "";
  }

  private void all(List<String> names) {
    say(
        switch (request.dialect()) {
          case ANTHROPIC -> AnthropicModels.list(names);
          case GEMINI -> GeminiModels.list(names);
          default -> OpenAiModels.list(names);
        });
  }

  private void one(String name) {
    say(
        switch (request.dialect()) {
          case ANTHROPIC -> AnthropicModels.one(name);
          case GEMINI -> GeminiModels.one(name);
          default -> OpenAiModels.one(name);
        });
  }

  private void say(byte[] json) {
    request
        .head(200, "OK")
        .field(Field.DATE, HttpDate.now())
        .field(Field.CONTENT_TYPE, "application/json")
        .field(Field.X_REQUEST_ID, request.id());
    request.headEnd(json.length);
    request.send(ByteString.fromArrayUnsafe(json));
    request.end();
  }

  /** A request whose body names the model that is asked about. */
  private final class Shown implements Arrival.Events {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private boolean over;

    @Override
    public void requestBody(ByteString piece) {
      if (over) {
        return;
      }
      if (body.size() + piece.size() > MOST_QUESTION_BYTES) {
        over = true;
        request.refuse(new Refusal.BodyTooLarge(MOST_QUESTION_BYTES));
      } else {
        body.writeBytes(piece.toArrayUnsafe());
      }
    }

    @Override
    public void requestEnd() {
      if (over) {
        return;
      }
      over = true;
      String name = named(Json.tree(body.toByteArray()));
      if (name.isEmpty()) {
        request.refuse(new Refusal.BadField("model", "you must name a model"));
      } else if (models.knows(name)) {
        say(OllamaModels.show());
      } else {
        request.refuse(new Refusal.NoSuchModel(name));
      }
    }

    private static String named(@Nullable JsonNode question) {
      return question == null
          ? ""
          : question.path(question.has("model") ? "model" : "name").asText();
    }

    @Override
    public void clientDrained() {}

    @Override
    public void clientGone() {
      over = true;
      request.gone();
    }
  }
}
