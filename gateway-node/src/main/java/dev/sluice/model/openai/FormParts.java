package dev.sluice.model.openai;

import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a form ({@code multipart/form-data}, RFC 7578), and where in its bytes they stand. What could be read in two ways,
 * here and by the provider, is refused: text before the first boundary or after the last, lines that don't end in CRLF, names in
 * other forms than {@code name="…"}.
 */
final class FormParts {
  private static final int MOST_PARTS = 256;
  private static final int MOST_HEAD_BYTES = 8 << 10;

  private static final Pattern FORM = Pattern.compile(
      "\\s*multipart/form-data\\s*(?:;\\s*charset=[\\w-]+\\s*)?;\\s*boundary=(?:\"([^\"]+)\"|([^\\s\";,]+))\\s*",
      Pattern.CASE_INSENSITIVE);
  private static final Pattern BOUNDARY =
      Pattern.compile("[\\w'()+,./:=? -]{0,69}[\\w'()+,./:=?-]");
  private static final Pattern DISPOSITION = Pattern.compile(
      "form-data((?:\\s*;\\s*[\\w*-]+=(?:\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|[^\\s\";]++))*+)\\s*",
      Pattern.CASE_INSENSITIVE);
  private static final Pattern PARAMETER =
      Pattern.compile(";\\s*([\\w*-]+)=(?:\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|([^\\s\";]++))");

  /**
   * A part.
   *
   * @param from first byte of its value
   * @param to the first byte behind it
   * @param file whether it has a file name
   * @param encoded whether it says to be encoded
   */
  record Part(String name, int from, int to, boolean file, boolean encoded) {}

  private final byte[] bytes;
  private final byte[] delimiter;
  private final List<Part> parts = new ArrayList<>();

  private FormParts(byte[] bytes, String boundary) {
    this.bytes = bytes;
    this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.US_ASCII);
  }

  static FormParts read(String contentType, byte[] bytes) throws UnsayableException {
    Matcher form = FORM.matcher(contentType);
    String boundary = !form.matches() ? "" : form.group(1) != null ? form.group(1) : form.group(2);
    if (!BOUNDARY.matcher(boundary).matches()) {
      throw new UnsayableException(
          "body",
          "the request body must be a form (Content-Type: multipart/form-data; boundary=…)");
    }
    FormParts parts = new FormParts(bytes, boundary);
    parts.read();
    return parts;
  }

  byte[] bytes() {
    return bytes;
  }

  /** The part of this name; null if there is none. */
  @Nullable
  Part has(String name) {
    return parts.stream().filter(part -> part.name().equals(name)).findFirst().orElse(null);
  }

  /**
   * The part of this name; null if there is none.
   *
   * @throws UnsayableException if there are several
   */
  @Nullable
  Part only(String name) throws UnsayableException {
    if (parts.stream().filter(part -> part.name().equals(name)).count() > 1) {
      throw new UnsayableException(name, name + " stands in the form more than once");
    }
    return has(name);
  }

  /** Bytes of all values that are no files. */
  long textBytes() {
    return parts.stream()
        .filter(part -> !part.file())
        .mapToLong(part -> part.to() - part.from())
        .sum();
  }

  private void read() throws UnsayableException {
    int first = delimiter.length - 2;
    if (bytes.length < first || !Arrays.equals(bytes, 0, first, delimiter, 2, delimiter.length)) {
      throw bad("it does not begin with its boundary");
    }
    int at = first;
    while (!closes(at)) {
      if (!crlf(at)) {
        throw bad("a boundary is not followed by a new line");
      }
      if (parts.size() == MOST_PARTS) {
        throw bad("it has more than " + MOST_PARTS + " parts");
      }
      at = part(at + 2);
    }
    if (at + 2 != bytes.length && !(crlf(at + 2) && at + 4 == bytes.length)) {
      throw bad("something follows its end");
    }
  }

  private boolean closes(int at) {
    return at + 2 <= bytes.length && bytes[at] == '-' && bytes[at + 1] == '-';
  }

  private boolean crlf(int at) {
    return at + 2 <= bytes.length && bytes[at] == '\r' && bytes[at + 1] == '\n';
  }

  /**
   * Reads one part.
   *
   * @return the place behind the boundary that ends it
   */
  private int part(int head) throws UnsayableException {
    String name = null;
    boolean file = false;
    boolean encoded = false;
    int at = head;
    while (!crlf(at)) {
      int end = lineEnd(at, head + MOST_HEAD_BYTES);
      String line = new String(bytes, at, end - at, StandardCharsets.UTF_8);
      int colon = line.indexOf(':');
      String field = colon < 1 ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT);
      if (!field.matches("[a-z0-9-]+")) {
        throw bad("a part has a header that can't be read");
      }
      if (field.equals("content-disposition")) {
        if (name != null) {
          throw bad("a part has two names");
        }
        String parameters = parameters(line.substring(colon + 1).strip());
        name = parameter(parameters, "name");
        file = parameters.toLowerCase(Locale.ROOT).contains("filename");
      } else if (field.equals("content-transfer-encoding")) {
        encoded = true;
      }
      at = end + 2;
    }
    if (name == null) {
      throw bad("a part has no name");
    }
    int from = at + 2;
    int to = from - 2;
    while (to <= bytes.length - delimiter.length
        && !(bytes[to] == '\r'
            && Arrays.equals(bytes, to, to + delimiter.length, delimiter, 0, delimiter.length))) {
      to++;
    }
    if (to > bytes.length - delimiter.length) {
      throw bad("it does not end with its boundary");
    }
    if (to < from) {
      throw bad("a part has no value");
    }
    parts.add(new Part(name, from, to, file, encoded));
    return to + delimiter.length;
  }

  private int lineEnd(int from, int most) throws UnsayableException {
    int at = from;
    while (at < Math.min(bytes.length, most) && bytes[at] != '\r' && bytes[at] != '\n') {
      at++;
    }
    if (!crlf(at)) {
      throw bad("the head of a part does not end");
    }
    return at;
  }

  private static String parameters(String disposition) throws UnsayableException {
    Matcher matcher = DISPOSITION.matcher(disposition);
    if (!matcher.matches()) {
      throw bad("a part has a Content-Disposition that can't be read");
    }
    return matcher.group(1);
  }

  private static String parameter(String parameters, String wanted) throws UnsayableException {
    String found = null;
    Matcher matcher = PARAMETER.matcher(parameters);
    while (matcher.find()) {
      String name = matcher.group(1).toLowerCase(Locale.ROOT);
      if (name.equals(wanted + "*") || name.equals(wanted) && found != null) {
        throw bad("a part has a name in a form that can't be taken");
      }
      if (name.equals(wanted)) {
        found = matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
      }
    }
    if (found == null || found.indexOf('\\') >= 0) {
      throw bad("a part has no plain name");
    }
    return found;
  }

  private static UnsayableException bad(String why) {
    return new UnsayableException("body", "the form of the request body can't be read: " + why);
  }
}
