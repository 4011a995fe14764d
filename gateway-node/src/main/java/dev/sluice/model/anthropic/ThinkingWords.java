package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Reasoning;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.Signature.Maker;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.Turn.Role;
import java.util.List;
import java.util.Locale;

/**
 * How much Claude shall think: newer models are told an effort, older ones a budget, which is at least 1024 and stays below the
 * cap of the answer; where that leaves no room, they don't think.
 */
public final class ThinkingWords {
  private ThinkingWords() {}

  /**
   * Puts {@code thinking}, and {@code output_config.effort}, into a body.
   *
   * @return whether the model thinks
   */
  public static boolean put(
      Conversation conversation, ClaudeModel model, long outputCap, ObjectNode body) {
    Said<Reasoning> said = conversation.reasoning();
    if (said == null) {
      return false;
    }
    Reasoning reasoning = said.value();
    if (reasoning instanceof Reasoning.Off) {
      if (model.thinks()) {
        body.putObject("thinking").put("type", "disabled");
      }
      return false;
    }
    if (model.decidesHowLong()) {
      body.putObject("thinking").put("type", "adaptive");
      if (!(reasoning instanceof Reasoning.Dynamic)) {
        body.withObject("/output_config").put("effort", effort(level(reasoning)));
      }
      return true;
    }
    long most = outputCap - 1;
    if (most < MessagesQuestion.LEAST_BUDGET || inForeignLoop(conversation.turns())) {
      return false;
    }
    long budget = Math.max(MessagesQuestion.LEAST_BUDGET, Math.min(most, tokens(reasoning)));
    body.putObject("thinking").put("type", "enabled").put("budget_tokens", budget);
    return true;
  }

  private static Reasoning.Level level(Reasoning reasoning) {
    return reasoning instanceof Reasoning.Effort effort
        ? effort.level()
        : Reasoning.Level.of(tokens(reasoning));
  }

  private static long tokens(Reasoning reasoning) {
    if (reasoning instanceof Reasoning.Budget budget) {
      return budget.tokens();
    }
    return reasoning instanceof Reasoning.Effort effort
        ? effort.level().tokens()
        : Reasoning.Level.MEDIUM.tokens();
  }

  private static String effort(Reasoning.Level level) {
    return level == Reasoning.Level.MINIMAL ? "low" : level.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether the answer goes on after results of tools that were called without a thought of Claude's: a model with a budget
   * demands that such a turn begins with one.
   */
  private static boolean inForeignLoop(List<Turn> turns) {
    int last = turns.size() - 1;
    boolean results = false;
    while (last >= 0 && turns.get(last).role() == Role.USER) {
      results |= turns.get(last).parts().stream().anyMatch(Part.ToolResult.class::isInstance);
      last--;
    }
    if (!results) {
      return false;
    }
    while (last > 0 && turns.get(last - 1).role() == Role.ASSISTANT) {
      last--;
    }
    if (last < 0) {
      return true;
    }
    return turns.get(last).parts().stream()
        .limit(1)
        .noneMatch(part -> part instanceof Part.Thought thought
            && thought.signature() != null
            && thought.signature().maker() == Maker.ANTHROPIC);
  }
}
