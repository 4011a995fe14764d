package dev.sluice.model.openai;

import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Envelope;
import dev.sluice.model.chat.FieldNames;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import dev.sluice.model.chat.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A request for completions of prompts: texts or tokens, one or many. Each prompt has as many answers as {@code best_of} says,
 * also those that are not shown. Without a cap an answer has 16 tokens.
 */
final class CompletionQuestion implements Question {
  private static final long USUAL_CAP = 16;
  private static final long MOST_ANSWERS = 128;
  private static final int MOST_PROMPTS = 2_048;
  private static final String CAP = "max_tokens";

  private static final Set<String> READ = Set.of(
      "model",
      "prompt",
      "stream",
      "n",
      CAP,
      "temperature",
      "top_p",
      "top_k",
      "frequency_penalty",
      "presence_penalty",
      "seed",
      "stop",
      "user");

  private final JsonBody body;
  private final Given request;
  private final String model;
  private final boolean stream;
  private final boolean asksUsage;
  private final long answers;
  private final boolean capSaid;
  private final long outputCap;
  private long prompts;
  private long promptTokens;
  private final List<String> texts = new ArrayList<>();

  private CompletionQuestion(JsonBody body) throws UnsayableException {
    this.body = body;
    FieldNames.check(body.tree());
    this.request = new Given("", body.tree());
    this.model = request.of("model").textOrNone();
    if (model.isEmpty()) {
      throw new UnsayableException("model", "you must name a model");
    }
    this.stream = request.of("stream").flagOr(false);
    Given options = request.of("stream_options");
    if (options.said()) {
      options.object();
    }
    this.asksUsage = options.of("include_usage").flagOr(false);
    this.answers = answers();
    Given cap = request.of(CAP);
    this.capSaid = cap.said();
    this.outputCap = capSaid ? cap.whole(1, Long.MAX_VALUE) : USUAL_CAP;
    prompts(request.of("prompt"));
    if (request.of("prompt_embeds").isList()) {
      prompts += request.of("prompt_embeds").list().size();
    }
  }

  /** @param bytes the whole JSON document */
  static QuestionRead read(byte[] bytes) {
    try {
      return new QuestionRead.Good(new CompletionQuestion(JsonBody.read(bytes)));
    } catch (UnsayableException e) {
      return new QuestionRead.Bad(e.field(), e.why());
    }
  }

  /** Of each prompt, those too that are not shown. */
  private long answers() throws UnsayableException {
    long most = 1;
    for (String field : new String[] {"n", "best_of", "n_cmpl"}) {
      Given said = request.of(field);
      most = Math.max(most, said.said() ? said.whole(1, MOST_ANSWERS) : 1);
    }
    return most;
  }

  private void prompts(Given prompt) throws UnsayableException {
    List<Given> all = prompt.isList() ? prompt.list() : List.of();
    boolean tokens = !all.isEmpty() && all.get(0).json().isNumber();
    if (!prompt.isList() || tokens) {
      prompts = 1;
      one(prompt);
      return;
    }
    prompts = Math.max(1, all.size());
    if (prompts > MOST_PROMPTS) {
      throw prompt.wrong("a list of no more than " + MOST_PROMPTS + " prompts");
    }
    for (Given one : all) {
      one(one);
    }
  }

  /** A text, or tokens; without a prompt, the model begins a text. */
  private void one(Given prompt) throws UnsayableException {
    if (!prompt.said()) {
      return;
    }
    if (prompt.isText()) {
      texts.add(prompt.text());
      promptTokens += Texts.bytes(prompt.text());
      return;
    }
    if (!prompt.isList()) {
      throw prompt.wrong("a text, a list of tokens, or a list of those");
    }
    for (Given token : prompt.list()) {
      token.whole(0, Long.MAX_VALUE);
      promptTokens++;
    }
  }

  @Override
  public Envelope envelope() {
    long words = 0;
    for (String text : texts) {
      words += Words.count(text);
    }
    return new Envelope(
            model,
            stream,
            answers * prompts,
            outputCap,
            promptTokens
                + Texts.bytes(request.of("suffix").json())
                + Texts.TEMPLATE_TOKENS * (2 + prompts),
            0,
            request.of("prompt_embeds").said() ? "prompt_embeds" : null,
            words,
            String.join(" ", texts))
        .ofInputs(prompts);
  }

  @Override
  public boolean hidesUsage() {
    return !asksUsage;
  }

  @Override
  public byte[] bodyFor(Terms terms) {
    Map<String, String> set = new TreeMap<>();
    if (!terms.model().equals(model)) {
      set.put("model", Json.quoted(terms.model()));
    }
    if (!capSaid || outputCap > terms.outputCap()) {
      set.put(CAP, Long.toString(Math.min(outputCap, terms.outputCap())));
    }
    VendorFields.cap(body.tree(), terms.outputCap(), set);
    if (stream && !asksUsage && terms.asksUsage()) {
      set.put("stream_options.include_usage", "true");
    }
    return body.with(set);
  }

  /** A single text is what a user says. */
  @Override
  public Conversation conversation() throws UnsayableException {
    Given prompt = request.of("prompt");
    if (texts.size() != 1 || prompts != 1) {
      throw prompt.wrong(
          "a single text: models of other providers take neither several nor tokens");
    }
    Given bestOf = request.of("best_of");
    Given n = request.of("n");
    long choices = n.said() ? n.whole(1, MOST_ANSWERS) : 1;
    List<Said<String>> beyond = new ArrayList<>();
    if (bestOf.said() && answers > choices) {
      beyond.add(new Said<>("best_of", bestOf.at()));
    }
    for (Given field : request.fields()) {
      if (field.said() && !READ.contains(field.at()) && !saysNothing(field)) {
        beyond.add(new Said<>(field.at(), field.at()));
      }
    }
    return new Conversation(
        List.of(),
        List.of(new Turn(Turn.Role.USER, List.of(new Part.Text(prompt.at(), texts.get(0))))),
        List.of(),
        null,
        null,
        Wordings.sampling(request),
        null,
        null,
        new Said<>(choices, "n"),
        stream,
        request.of("user").saidText(),
        beyond);
  }

  private static boolean saysNothing(Given field) throws UnsayableException {
    return switch (field.at()) {
      case "stream_options", "best_of" -> true;
      case "echo" -> !field.flag();
      case "suffix" -> field.text().isEmpty();
      case "logit_bias" -> field.object().isEmpty();
      default -> false;
    };
  }
}
