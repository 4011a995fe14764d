package dev.sluice.model.gemini;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An answer on its way into Gemini's dialect. */
final class Candidates {
  private final AnswerTerms terms;
  private final boolean showsThoughts;
  private final Map<Integer, Candidate> all = new TreeMap<>();
  private String id = "";
  private @Nullable TokenUsage usage;

  Candidates(AnswerTerms terms, boolean showsThoughts) {
    this.terms = terms;
    this.showsThoughts = showsThoughts;
  }

  void take(AnswerEvent event) {
    if (event instanceof AnswerEvent.Began began) {
      id = began.id();
    } else if (event instanceof AnswerEvent.Text text) {
      of(text.choice()).text(text.text());
    } else if (event instanceof AnswerEvent.Declined declined) {
      of(declined.choice()).text(declined.text());
    } else if (event instanceof AnswerEvent.Thought thought) {
      of(thought.choice()).thought(thought.text());
    } else if (event instanceof AnswerEvent.Signed signed) {
      of(signed.choice()).signed(signed.signature());
    } else if (event instanceof AnswerEvent.ToolBegan began) {
      of(began.choice()).call(began);
    } else if (event instanceof AnswerEvent.ToolArguments more) {
      of(more.choice()).arguments(more.index(), more.json());
    } else if (event instanceof AnswerEvent.Ended ended) {
      of(ended.choice()).ended(ended.reason());
    } else if (event instanceof AnswerEvent.Used used) {
      usage = used.usage();
    }
  }

  private Candidate of(int choice) {
    return all.computeIfAbsent(choice, none -> new Candidate(showsThoughts));
  }

  /** What can be said by now; null if nothing can. */
  @Nullable
  ObjectNode due() {
    ArrayNode said = Json.MAPPER.createArrayNode();
    all.forEach((index, candidate) -> {
      if (candidate.due()) {
        said.add(candidate.taken(index, false));
      }
    });
    return said.isEmpty() ? null : answer(said);
  }

  /** What is left, with the reasons of the end and the usage. */
  ObjectNode last() {
    ArrayNode said = Json.MAPPER.createArrayNode();
    all.forEach((index, candidate) -> said.add(candidate.taken(index, true)));
    ObjectNode answer = answer(said);
    if (usage != null) {
      answer.set("usageMetadata", told(usage));
    }
    return answer;
  }

  private ObjectNode answer(ArrayNode candidates) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.set("candidates", candidates);
    return answer
        .put("modelVersion", terms.model())
        .put("responseId", id.isEmpty() ? terms.id() : id);
  }

  private static ObjectNode told(TokenUsage usage) {
    ObjectNode told = Json.MAPPER.createObjectNode();
    told.put("promptTokenCount", usage.input());
    told.put("candidatesTokenCount", usage.spoken());
    told.put("totalTokenCount", usage.total());
    if (usage.cacheRead() > 0) {
      told.put("cachedContentTokenCount", usage.cacheRead());
    }
    if (usage.reasoning() > 0) {
      told.put("thoughtsTokenCount", usage.reasoning());
    }
    return told;
  }
}
