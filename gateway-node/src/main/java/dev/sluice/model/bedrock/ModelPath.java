package dev.sluice.model.bedrock;

import java.nio.charset.StandardCharsets;

/** Paths of models, by their id or ARN, encoded as AWS' own clients send them. */
final class ModelPath {
  private static final String HEX = "0123456789ABCDEF";
  private static final String UNRESERVED = "-._~";

  private ModelPath() {}

  /** @param operation {@code converse} */
  static String of(String model, String operation) {
    return "/model/" + encoded(model, "") + "/" + operation;
  }

  /** Percent-encodes all but letters, digits, {@code -._~} and those that are {@code safe}. */
  static String encoded(String text, String safe) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean alphanumeric = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (alphanumeric || UNRESERVED.indexOf(c) >= 0 || safe.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
      }
    }
    return out.toString();
  }
}
