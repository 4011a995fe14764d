package dev.sluice.ingress.manifest;

import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.Problem;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with one object, each thing once. */
final class ProblemsOfObject {
  private final DeclaredAt at;
  private final String object;
  private final Set<Problem> found = new LinkedHashSet<>();

  ProblemsOfObject(DeclaredAt at, String object) {
    this.at = at;
    this.object = object;
  }

  void add(String field, String what, String expected) {
    found.add(
        new Problem(at.place(field), object, field, what, expected, "the object is left out"));
  }

  boolean none() {
    return found.isEmpty();
  }

  List<Problem> found() {
    return List.copyOf(found);
  }

  /** One that nobody reads, for what follows from a problem already told. */
  ProblemsOfObject silent() {
    return new ProblemsOfObject(at, object);
  }
}
