package dev.sluice.ingress;

import java.util.Collection;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Tells what can't be honoured of the controller's ConfigMap. */
final class ControllerProblems {
  private final @Nullable DeclaredConfigMap map;
  private final Collection<Problem> problems;

  /** @param map null if there is none */
  ControllerProblems(@Nullable DeclaredConfigMap map, Collection<Problem> problems) {
    this.map = map;
    this.problems = problems;
  }

  void add(String key, String what, String expected, String effect) {
    if (map != null) {
      problems.add(map.problem("data." + key, what, expected, effect).differing());
    }
  }

  /** Takes items of a list that are no patterns. */
  BiConsumer<String, String> patternOf(String key) {
    return (item, why) -> add(
        key,
        '"' + item + "\": " + why,
        "a whole text, or a regular expression in RE2's syntax behind ~",
        "this item has no effect");
  }
}
