package dev.sluice.model;

import dev.sluice.edge.WorkerScope;
import dev.sluice.ingress.Action;
import dev.sluice.ingress.ModelProvider;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.chat.Words;
import dev.sluice.model.openai.ChatProvider;
import dev.sluice.model.route.TargetIds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The provider that answers by itself, for trying out: with the words of the last user message, one token a word. The
 * model {@code echo} gives each word once, all at once; {@code echo-100x20ms} gives 100 chunks, one every 20 ms, and goes
 * through the words again, or puts several in a chunk, so that it comes out.
 */
final class EchoTarget implements Target {
  private static final Pattern SHAPE = Pattern.compile("echo-(\\d{1,6})x(\\d{1,6})ms");

  private static final ProviderDialect SPEAKS = new ChatProvider();

  private final WorkerScope scope;
  private final String name;
  private final TargetIds ids;
  private final String model;
  private final int chunks;
  private final Duration pause;

  private EchoTarget(
      WorkerScope scope, ModelProvider provider, String model, int chunks, Duration pause) {
    this.scope = scope;
    this.name = provider.name() + "/" + model;
    this.ids = TargetIds.of(provider, model);
    this.model = model;
    this.chunks = chunks;
    this.pause = pause;
  }

  /** The target for a model name; empty if it is none that echo has. */
  static Optional<Target> of(WorkerScope scope, ModelProvider provider, String model) {
    Matcher shape = SHAPE.matcher(model);
    if (model.equals("echo")) {
      return Optional.of(new EchoTarget(scope, provider, model, 0, Duration.ZERO));
    }
    if (!shape.matches() || Integer.parseInt(shape.group(1)) == 0) {
      return Optional.empty();
    }
    Duration pause = Duration.ofMillis(Long.parseLong(shape.group(2)));
    return Optional.of(
        new EchoTarget(scope, provider, model, Integer.parseInt(shape.group(1)), pause));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public TargetIds ids() {
    return ids;
  }

  @Override
  public ProviderDialect speaks() {
    return SPEAKS;
  }

  @Override
  public String model() {
    return model;
  }

  @Override
  public long inputBound(Envelope request) {
    return request.words();
  }

  @Override
  public long outputBound(Envelope request, long cap) {
    long words = Words.count(request.lastUserText());
    return Math.min(cap, words == 0 ? 0 : Math.max(words, chunks));
  }

  /** It speaks OpenAI's dialect; all others are translated. */
  @Override
  public Plan plan(
      Action.Call call, Question question, long cap, Map<String, String> carried, Losses losses)
      throws UnsayableException {
    if (!Callers.converses(call)) {
      throw new UnsayableException("model", "the provider of this model has no such call");
    }
    boolean own = call == Action.Call.CHAT_COMPLETIONS;
    return Plan.local(question, cap, own ? null : SPEAKS);
  }

  @Override
  public Call start(Plan plan, String requestId, Events events) {
    Answer answer = new Answer(plan.question().envelope(), plan.outputCap(), requestId, events);
    scope.execute(answer::begin);
    return answer;
  }

  /** One answer. Behaves as a server of OpenAI's API does whose callers ask for usage. */
  private final class Answer implements Call {
    private final Envelope request;
    private final Events events;
    private final List<String> words;
    private final long tokens;
    private final long allTokens;
    private final int allChunks;
    private final String head;
    private long said;
    private int chunk;
    private boolean paused;
    private boolean waiting;
    private boolean over;

    Answer(Envelope request, long cap, String requestId, Events events) {
      this.request = request;
      this.events = events;
      this.words = Words.of(request.lastUserText());
      this.allTokens = outputBound(request, Long.MAX_VALUE);
      this.tokens = outputBound(request, cap);
      this.allChunks = words.isEmpty() ? 0 : chunks == 0 ? words.size() : chunks;
      this.head =
          "{\"id\":" + Json.quoted("chatcmpl-" + requestId) + ",\"object\":\"chat.completion"
              + (request.stream() ? ".chunk" : "") + "\",\"created\":"
              + System.currentTimeMillis() / 1000 + ",\"model\":"
              + Json.quoted(model);
    }

    void begin() {
      if (over) {
        return;
      }
      if (request.stream()) {
        events.targetHead(new Head(200, "text/event-stream", -1, null));
        sayOn();
      } else {
        scope.after(pause.multipliedBy(allChunks), this::sayAll);
      }
    }

    /** Says the next chunk, and those behind it that are due at once. */
    private void sayOn() {
      waiting = false;
      while (!over && !paused && !waiting && said < tokens) {
        String text = next();
        send(",\"choices\":"
            + choices("\"delta\":{\"role\":\"assistant\",\"content\":" + Json.quoted(text)
                + "},\"finish_reason\":null"));
        if (!pause.isZero() && said < tokens) {
          waiting = true;
          scope.after(pause, this::sayOn);
        }
      }
      if (!over && said >= tokens) {
        over = true;
        send(",\"choices\":" + choices("\"delta\":{},\"finish_reason\":" + finishReason()));
        send(",\"choices\":[],\"usage\":" + usage());
        tell("data: [DONE]\n\n");
        events.targetEnd();
      }
    }

    private void sayAll() {
      if (over) {
        return;
      }
      over = true;
      StringBuilder text = new StringBuilder();
      while (said < tokens) {
        text.append(next());
      }
      String message = "\"message\":{\"role\":\"assistant\",\"content\":"
          + Json.quoted(text.toString()) + "},\"finish_reason\":" + finishReason();
      byte[] body = (head + ",\"choices\":" + choices(message) + ",\"usage\":" + usage() + "}")
          .getBytes(StandardCharsets.UTF_8);
      events.targetHead(new Head(200, "application/json", body.length, null));
      events.targetBody(body, 0, body.length);
      events.targetEnd();
    }

    /** The words of the next chunk, with a blank in front of each but the very first. */
    private String next() {
      long until = Math.min(tokens, allTokens * (chunk + 1L) / allChunks);
      StringBuilder text = new StringBuilder();
      while (said < until) {
        text.append(said == 0 ? "" : " ").append(words.get((int) (said % words.size())));
        said++;
      }
      chunk++;
      return text.toString();
    }

    private String choices(String choice) {
      StringBuilder all = new StringBuilder("[");
      for (long i = 0; i < request.choices(); i++) {
        all.append(i == 0 ? "" : ",")
            .append("{\"index\":")
            .append(i)
            .append(',')
            .append(choice)
            .append('}');
      }
      return all.append(']').toString();
    }

    private String finishReason() {
      return tokens < allTokens ? "\"length\"" : "\"stop\"";
    }

    private String usage() {
      long output = tokens * request.choices();
      return "{\"prompt_tokens\":" + request.words() + ",\"completion_tokens\":" + output
          + ",\"total_tokens\":" + (request.words() + output) + "}";
    }

    private void send(String rest) {
      tell("data: " + head + rest + "}\n\n");
    }

    private void tell(String event) {
      byte[] bytes = event.getBytes(StandardCharsets.UTF_8);
      events.targetBody(bytes, 0, bytes.length);
    }

    @Override
    public void cancel() {
      over = true;
    }

    @Override
    public void pause() {
      paused = true;
    }

    @Override
    public void resume() {
      if (paused) {
        paused = false;
        if (!waiting) {
          sayOn();
        }
      }
    }
  }
}
