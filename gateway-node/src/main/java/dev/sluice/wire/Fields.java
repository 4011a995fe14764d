package dev.sluice.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of one message as they came: the bytes of the head, and where in it each name and value lies.
 * Order, case and bytes of the values are those of the sender; blanks around a value are not part of it.
 */
public final class Fields {
  private static final int INITIAL_COUNT = 16;

  private final byte[] head;
  private int[] places = new int[INITIAL_COUNT * 4];
  private @Nullable Field[] known = new Field[INITIAL_COUNT];
  private int count;

  Fields(byte[] head) {
    this.head = head;
  }

  /**
   * Fields that stand by themselves.
   *
   * @param lines each with its line end, and an empty line
   * @return null if they can't be read, or are more than {@code most}
   */
  static @Nullable Fields parse(byte[] lines, int most) {
    Fields fields = new Fields(lines);
    return FieldParser.parse(lines, 0, lines.length, most, fields) == null ? fields : null;
  }

  void add(@Nullable Field field, int nameFrom, int nameTo, int valueFrom, int valueTo) {
    if (count == known.length) {
      places = Arrays.copyOf(places, places.length * 2);
      known = Arrays.copyOf(known, known.length * 2);
    }
    known[count] = field;
    int at = count++ * 4;
    places[at] = nameFrom;
    places[at + 1] = nameTo;
    places[at + 2] = valueFrom;
    places[at + 3] = valueTo;
  }

  public int count() {
    return count;
  }

  /** Bytes of all lines as they are written, each with a colon, one blank and a line's end. */
  int bytes() {
    int bytes = 4 * count;
    for (int i = 0; i < count; i++) {
      bytes += places[i * 4 + 1] - places[i * 4] + places[i * 4 + 3] - places[i * 4 + 2];
    }
    return bytes;
  }

  /** What field number {@code i} is, or null if it is none that the gateway knows. */
  public @Nullable Field known(int i) {
    return known[i];
  }

  /** Number of the first field of this kind, or -1. */
  public int indexOf(Field field) {
    for (int i = 0; i < count; i++) {
      if (known[i] == field) {
        return i;
      }
    }
    return -1;
  }

  /** Value of the first field of this kind, its bytes read as ISO-8859-1, or null. */
  public @Nullable String first(Field field) {
    int i = indexOf(field);
    return i < 0 ? null : value(i);
  }

  public String name(int i) {
    return new String(
        head, places[i * 4], places[i * 4 + 1] - places[i * 4], StandardCharsets.ISO_8859_1);
  }

  public String value(int i) {
    return new String(
        head,
        places[i * 4 + 2],
        places[i * 4 + 3] - places[i * 4 + 2],
        StandardCharsets.ISO_8859_1);
  }

  /** Value of the first field with this name in any case, or null. For names that {@link Field} does not list. */
  public @Nullable String first(String name) {
    for (int i = 0; i < count; i++) {
      if (hasName(i, name)) {
        return value(i);
      }
    }
    return null;
  }

  /** Whether field number {@code i} has this name, in any case of ASCII letters. */
  public boolean hasName(int i, String name) {
    int from = places[i * 4];
    if (places[i * 4 + 1] - from != name.length()) {
      return false;
    }
    for (int k = 0; k < name.length(); k++) {
      if (lower(head[from + k]) != lower((byte) name.charAt(k))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether the name of field number {@code i} is made of letters, digits and hyphens.
   *
   * @param underscores whether they count as such
   * @param oddSigns whether all others do
   */
  public boolean nameIsPlain(int i, boolean underscores, boolean oddSigns) {
    for (int k = places[i * 4]; k < places[i * 4 + 1]; k++) {
      byte c = head[k];
      boolean plain = c >= 'a' && c <= 'z'
          || c >= 'A' && c <= 'Z'
          || c >= '0' && c <= '9'
          || c == '-'
          || (c == '_' ? underscores : oddSigns);
      if (!plain) {
        return false;
      }
    }
    return true;
  }

  /** The number that the value of field number {@code i} is, or -1 if it is none. */
  long contentLength(int i) {
    return FieldParser.contentLength(head, places[i * 4 + 2], places[i * 4 + 3]);
  }

  boolean valueIs(int i, String ascii) {
    int from = places[i * 4 + 2];
    if (places[i * 4 + 3] - from != ascii.length()) {
      return false;
    }
    for (int k = 0; k < ascii.length(); k++) {
      if (lower(head[from + k]) != ascii.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the comma-separated value of field number {@code i} lists this token, in any case. */
  public boolean valueLists(int i, String token) {
    byte[] bytes = token.getBytes(StandardCharsets.ISO_8859_1);
    return lists(i, bytes, 0, bytes.length);
  }

  /** Whether any field of this kind lists this token, in any case. */
  public boolean lists(Field field, String token) {
    for (int i = 0; i < count; i++) {
      if (known[i] == field && valueLists(i, token)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the comma-separated value of field {@code list} holds the name of field {@code i}, in any case. */
  public boolean connectionNames(int list, int i) {
    return lists(list, head, places[i * 4], places[i * 4 + 1]);
  }

  void copyTo(int i, HeadWriter out) {
    out.field(head, places[i * 4], places[i * 4 + 1], places[i * 4 + 2], places[i * 4 + 3]);
  }

  private boolean lists(int i, byte[] token, int tokenFrom, int tokenTo) {
    int at = places[i * 4 + 2];
    int end = places[i * 4 + 3];
    while (at < end) {
      int comma = at;
      while (comma < end && head[comma] != ',') {
        comma++;
      }
      int from = at;
      int to = comma;
      while (from < to && isBlank(head[from])) {
        from++;
      }
      while (to > from && isBlank(head[to - 1])) {
        to--;
      }
      if (to - from == tokenTo - tokenFrom && same(from, token, tokenFrom, tokenTo)) {
        return true;
      }
      at = comma + 1;
    }
    return false;
  }

  private boolean same(int from, byte[] token, int tokenFrom, int tokenTo) {
    for (int k = 0; k < tokenTo - tokenFrom; k++) {
      if (lower(head[from + k]) != lower(token[tokenFrom + k])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }
}
