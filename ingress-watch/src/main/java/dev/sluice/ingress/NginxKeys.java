package dev.sluice.ingress;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of each annotation of ingress-nginx, and of each key of its ConfigMap: the table of
 * docs/ingress-nginx.md, as the reconciler and the report read it.
 */
public final class NginxKeys {
  private static final int COLUMNS = 6;
  private static final String TOLD = "told";
  private static final String UNSEEN = "unseen";
  private static final Map<String, Entry> ANNOTATIONS = read("annotations.tsv");
  private static final Map<String, Entry> CONTROLLER = read("controller-keys.tsv");

  /** What becomes of a key. */
  public enum Here {
    HONOURED,
    DIFFERS,
    IGNORED,
    REFUSED
  }

  /**
   * One key.
   *
   * @param alike values of which nobody sees a difference, or null
   * @param told whether the reconciler has a problem with every value that makes a difference
   * @param unseen whether no value of it makes a difference that anybody could see
   * @param how in what it differs, or what is done instead; may be empty
   * @param there what ingress-nginx does; may be empty
   * @param todo what to do about it; may be empty
   */
  public record Entry(
      String key,
      Here here,
      @Nullable Pattern alike,
      boolean told,
      boolean unseen,
      String how,
      String there,
      String todo) {
    /** Whether this value, with which the reconciler has no problem, does here what it does there. */
    public boolean isAlike(String value) {
      return here == Here.HONOURED
          || told
          || alike != null && alike.matcher(value.strip()).matches();
    }

    /** With the words of the key that it is like, where it only names that. */
    private Entry spelledOut(Map<String, Entry> all) {
      Entry other = how.startsWith("as ") ? all.get(how.substring(3)) : null;
      return other == null
          ? this
          : new Entry(key, here, alike, told, unseen, other.how(), there, todo);
    }
  }

  private NginxKeys() {}

  /** @param name without its prefix; empty for one that ingress-nginx does not know */
  public static Optional<Entry> annotation(String name) {
    return Optional.ofNullable(ANNOTATIONS.get(name));
  }

  /** Of the controller's ConfigMap; empty for one that ingress-nginx does not know. */
  public static Optional<Entry> controllerKey(String key) {
    return Optional.ofNullable(CONTROLLER.get(key));
  }

  /** All annotations, by name. */
  public static Collection<Entry> annotations() {
    return ANNOTATIONS.values();
  }

  /** All keys of the controller's ConfigMap, by name. */
  public static Collection<Entry> controllerKeys() {
    return CONTROLLER.values();
  }

  private static Map<String, Entry> read(String resource) {
    Map<String, Entry> entries = new TreeMap<>();
    try (InputStream bytes = NginxKeys.class.getResourceAsStream(resource)) {
      BufferedReader lines = new BufferedReader(
          new InputStreamReader(Objects.requireNonNull(bytes), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          Entry entry = entry(line);
          entries.put(entry.key(), entry);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
    entries.replaceAll((key, entry) -> entry.spelledOut(entries));
    return Collections.unmodifiableMap(entries);
  }

  private static Entry entry(String line) {
    String[] columns = java.util.Arrays.copyOf(line.split("\t", COLUMNS), COLUMNS);
    String[] texts = new String[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      texts[i] = Objects.requireNonNullElse(columns[i], "").strip();
    }
    String alike = texts[2];
    boolean word = alike.isEmpty() || alike.equals(TOLD) || alike.equals(UNSEEN);
    return new Entry(
        texts[0],
        Here.valueOf(texts[1].toUpperCase(java.util.Locale.ROOT)),
        word ? null : Pattern.compile(alike),
        alike.equals(TOLD),
        alike.equals(UNSEEN),
        texts[3],
        texts[4],
        texts[5]);
  }
}
