package dev.sluice.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The table of all operations, and the way from a method and a path to one of them. */
final class Operations {
  /** What a path leads to. */
  sealed interface Found {
    /** @param path its parts by name, as they were sent */
    record One(Operation operation, Map<String, String> path) implements Found {}

    /** @param allowed other methods that this path takes, as the field Allow has them */
    record WrongMethod(String allowed) implements Found {}

    record Nothing() implements Found {}
  }

  private record Entry(List<String> parts, Operation operation) {}

  private final List<Entry> entries = new ArrayList<>();

  Operations(List<Operation> all) {
    all.forEach(one -> entries.add(new Entry(List.of(one.path().split("/", -1)), one)));
  }

  List<Operation> all() {
    return entries.stream().map(Entry::operation).toList();
  }

  /** @param path below {@code /api/v1}, each part decoded */
  Found find(String method, List<String> path) {
    TreeSet<String> allowed = new TreeSet<>();
    for (Entry entry : entries) {
      Map<String, String> parts = match(entry.parts(), path);
      if (parts != null && entry.operation().method().equals(method)) {
        return new Found.One(entry.operation(), parts);
      } else if (parts != null) {
        allowed.add(entry.operation().method());
      }
    }
    return allowed.isEmpty()
        ? new Found.Nothing()
        : new Found.WrongMethod(String.join(", ", allowed));
  }

  private static @Nullable Map<String, String> match(List<String> template, List<String> path) {
    if (template.size() != path.size()) {
      return null;
    }
    Map<String, String> parts = new LinkedHashMap<>();
    for (int i = 0; i < template.size(); i++) {
      if (template.get(i).startsWith("{")) {
        parts.put(template.get(i).substring(1, template.get(i).length() - 1), path.get(i));
      } else if (!template.get(i).equals(path.get(i))) {
        return null;
      }
    }
    return parts;
  }
}
