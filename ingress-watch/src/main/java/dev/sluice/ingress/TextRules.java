package dev.sluice.ingress;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * Texts that are meant by a list in the controller's ConfigMap, as nginx' maps have them: by the whole text in any case, or
 * by a pattern behind {@code ~}, or {@code ~*} for any case.
 *
 * @param whole in lower case
 * @param patterns searched in a text
 */
public record TextRules(SortedSet<String> whole, List<Pattern> patterns) {
  /** Means none. */
  public static final TextRules NONE = new TextRules(Collections.emptySortedSet(), List.of());

  /** @param refused called with each item that is no pattern, and why */
  static TextRules of(List<String> items, BiConsumer<String, String> refused) {
    if (items.isEmpty()) {
      return NONE;
    }
    SortedSet<String> whole = new TreeSet<>();
    List<Pattern> patterns = new ArrayList<>();
    for (String item : items) {
      boolean anyCase = item.startsWith("~*");
      if (!item.startsWith("~")) {
        whole.add(item.toLowerCase(Locale.ROOT));
        continue;
      }
      try {
        patterns.add(LinearPattern.compile(
            item.substring(anyCase ? 2 : 1), anyCase ? Pattern.CASE_INSENSITIVE : 0));
      } catch (PatternSyntaxException e) {
        refused.accept(item, String.valueOf(e.getMessage()));
      }
    }
    return new TextRules(Collections.unmodifiableSortedSet(whole), List.copyOf(patterns));
  }

  public boolean mean(String text) {
    return !whole.isEmpty() && whole.contains(text.toLowerCase(Locale.ROOT))
        || !patterns.isEmpty()
            && patterns.stream().anyMatch(pattern -> pattern.matcher(text).find());
  }
}
