package dev.sluice.model.openai;

import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.UnsayableException;
import java.util.Locale;

/** URLs that hold what they lead to: {@code data:image/png;base64,…}. */
final class DataUrl {
  private static final String SCHEME = "data:";
  private static final String BASE64 = ";base64";

  private DataUrl() {}

  /**
   * What a URL of a request leads to, or holds.
   *
   * @throws UnsayableException if it is neither a data URL in base64 nor an http one
   */
  static Part.Source source(Given url) throws UnsayableException {
    String text = url.text();
    String start = text.substring(0, Math.min(text.length(), 8)).toLowerCase(Locale.ROOT);
    if (start.startsWith("https://") || start.startsWith("http://")) {
      return new Part.Source.Url("", text);
    }
    if (!start.startsWith(SCHEME)) {
      throw url.wrong("a URL that begins with https://, http:// or data:");
    }
    int comma = text.indexOf(',');
    String head = comma < 0 ? "" : text.substring(SCHEME.length(), comma);
    if (!head.toLowerCase(Locale.ROOT).endsWith(BASE64)) {
      throw url.wrong("a data URL in base64 (data:MEDIA-TYPE;base64,DATA)");
    }
    String type = head.substring(0, head.length() - BASE64.length());
    int parameter = type.indexOf(';');
    return new Part.Source.Bytes(
        (parameter < 0 ? type : type.substring(0, parameter)).strip().toLowerCase(Locale.ROOT),
        base64(url, text.substring(comma + 1)));
  }

  /** Data of a request, checked to be base64, and padded if it was not. */
  static String base64(Given value, String data) throws UnsayableException {
    int end = data.length();
    while (end > 0 && data.length() - end < 2 && data.charAt(end - 1) == '=') {
      end--;
    }
    int odd = data.length() % 4;
    boolean good = !data.isEmpty() && (odd == 0 || end == data.length() && odd > 1);
    for (int i = 0; i < end && good; i++) {
      char c = data.charAt(i);
      good = c >= 'a' && c <= 'z'
          || c >= 'A' && c <= 'Z'
          || c >= '0' && c <= '9'
          || c == '+'
          || c == '/';
    }
    if (!good) {
      throw value.wrong("data in base64");
    }
    return odd == 0 ? data : data + "=".repeat(4 - odd);
  }

  static String of(Part.Source.Bytes bytes) {
    return SCHEME + bytes.mediaType() + BASE64 + "," + bytes.base64();
  }
}
