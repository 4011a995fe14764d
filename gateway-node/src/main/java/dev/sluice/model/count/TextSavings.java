package dev.sluice.model.count;

import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Turn;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many tokens fewer than bytes the texts of a prompt have at least, for models whose vocabulary is known. What stands
 * around the texts, their format, tools and calls, is left at its bytes.
 */
public final class TextSavings {
  public static final TextSavings NONE = new TextSavings(Map.of());

  private final Map<String, Long> savings;

  private TextSavings(Map<String, Long> savings) {
    this.savings = savings;
  }

  /**
   * Counts. Takes its time: see {@link TokenCount}.
   *
   * @param models as their provider calls them
   */
  public static TextSavings of(Conversation conversation, Collection<String> models) {
    Map<String, Long> savings = new HashMap<>();
    for (String model : models) {
      if (TokenCount.knows(model)) {
        savings.put(model, new Counting(model).of(conversation));
      }
    }
    return new TextSavings(savings);
  }

  /** For a model; 0 if its vocabulary is not known. */
  public long of(String model) {
    return savings.getOrDefault(model, 0L);
  }

  private static final class Counting {
    private final String model;
    private int left = TokenCount.MOST_CHARACTERS;
    private long saved;

    Counting(String model) {
      this.model = model;
    }

    long of(Conversation conversation) {
      take(conversation.system());
      for (Turn turn : conversation.turns()) {
        take(turn.parts());
      }
      return saved;
    }

    private void take(List<? extends Part> parts) {
      for (Part part : parts) {
        if (part instanceof Part.Text text) {
          take(text.text());
        } else if (part instanceof Part.ToolResult result) {
          take(result.content());
        }
      }
    }

    private void take(String text) {
      if (text.length() <= left) {
        left -= text.length();
        long bytes = text.getBytes(StandardCharsets.UTF_8).length;
        saved += Math.max(0, bytes - TokenCount.most(model, text));
      }
    }
  }
}
