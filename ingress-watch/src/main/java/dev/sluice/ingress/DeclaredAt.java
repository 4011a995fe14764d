package dev.sluice.ingress;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Where an object was declared, so that a problem found later can still be placed.
 *
 * @param file name of the file, or empty for an object of the API server
 * @param lines line of each field path in the file, from 1; the empty path is the object's first line; sorted where
 *     many objects stand inside this one
 */
public record DeclaredAt(String file, Map<String, Integer> lines) {
  /** An object that came from the API server. */
  public static final DeclaredAt API_SERVER = new DeclaredAt("", Map.of());

  private static final char AFTER_DOT = '.' + 1;

  /** {@code file:line} of the field, or of the nearest field around it that is written down. */
  public String place(String field) {
    if (file.isEmpty()) {
      return "";
    }
    String path = field;
    while (!path.isEmpty() && !lines.containsKey(path)) {
      path = path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }
    Integer line = lines.get(path);
    return line == null ? file : file + ":" + line;
  }

  /** The same, for an object that stands inside this one. */
  public DeclaredAt inside(String path) {
    NavigableMap<String, Integer> sorted =
        lines instanceof NavigableMap<String, Integer> map ? map : new TreeMap<>(lines);
    Map<String, Integer> inner = new HashMap<>();
    sorted
        .subMap(path + '.', path + AFTER_DOT)
        .forEach((field, line) -> inner.put(field.substring(path.length() + 1), line));
    Integer first = lines.get(path);
    if (first != null) {
      inner.put("", first);
    }
    return new DeclaredAt(file, inner);
  }
}
