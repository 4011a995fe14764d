package dev.sluice.ingress.manifest;

import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what is wrong with one object, of each field the first thing: others follow from it. */
final class ProblemsOfObject {
  private final DeclaredAt at;
  private final String object;
  private final Map<String, Problem> found = new LinkedHashMap<>();

  ProblemsOfObject(DeclaredAt at, String object) {
    this.at = at;
    this.object = object;
  }

  void add(String field, String what, String expected) {
    found.putIfAbsent(
        field,
        new Problem(at.place(field), object, field, what, expected, "the object is left out"));
  }

  boolean none() {
    return found.isEmpty();
  }

  List<Problem> found() {
    return List.copyOf(found.values());
  }

  /** One that nobody reads, for what follows from a problem already told. */
  ProblemsOfObject silent() {
    return new ProblemsOfObject(at, object);
  }
}
