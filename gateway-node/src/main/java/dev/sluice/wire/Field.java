package dev.sluice.wire;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Header fields that the gateway itself reads, sets or removes. All others are carried as they came. */
@SuppressWarnings(
    "ImmutableEnumChecker") // the arrays never leave this package, and nobody writes to them
public enum Field {
  AUTHORIZATION,
  CONNECTION,
  CONTENT_LENGTH,
  CONTENT_TYPE,
  DATE,
  EXPECT,
  HOST,
  KEEP_ALIVE,
  LOCATION,
  PROXY,
  PROXY_AUTHENTICATE,
  PROXY_AUTHORIZATION,
  PROXY_CONNECTION,
  RETRY_AFTER,
  TE,
  TRAILER,
  TRANSFER_ENCODING,
  UPGRADE,
  X_API_KEY,
  X_FORWARDED_FOR,
  X_FORWARDED_HOST,
  X_FORWARDED_PORT,
  X_FORWARDED_PROTO,
  X_FORWARDED_SCHEME,
  X_ORIGINAL_FORWARDED_FOR,
  X_ORIGINAL_FORWARDED_HOST,
  X_REAL_IP,
  X_REQUEST_ID,
  X_SCHEME;

  private static final int TABLE_SIZE = 256;
  private static final @Nullable Field[] TABLE = new Field[TABLE_SIZE];

  static {
    for (Field field : values()) {
      int at = slot(hash(field.lower, 0, field.lower.length));
      while (TABLE[at] != null) {
        at = (at + 1) & (TABLE_SIZE - 1);
      }
      TABLE[at] = field;
    }
  }

  private final byte[] lower =
      name().toLowerCase(Locale.ROOT).replace('_', '-').getBytes(StandardCharsets.US_ASCII);
  private final String lowerName = new String(lower, StandardCharsets.US_ASCII);
  private final byte[] written = capitalised().getBytes(StandardCharsets.US_ASCII);

  /** The name as the gateway writes it, such as {@code X-Request-ID}. */
  public String text() {
    return new String(written, StandardCharsets.US_ASCII);
  }

  String lowerName() {
    return lowerName;
  }

  byte[] bytes() {
    return written;
  }

  /** The field of this name in any case, or null if the gateway has no business with it. */
  static @Nullable Field of(byte[] name, int from, int to, int hash) {
    int at = slot(hash);
    for (Field field = TABLE[at]; field != null; field = TABLE[at]) {
      if (field.named(name, from, to)) {
        return field;
      }
      at = (at + 1) & (TABLE_SIZE - 1);
    }
    return null;
  }

  /** One step of the hash by which {@link #of} finds a name: the parser computes it while it checks the bytes. */
  static int hashStep(int hash, byte next) {
    return hash * 31 + (next | 0x20);
  }

  private static int hash(byte[] name, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = hashStep(hash, name[i]);
    }
    return hash;
  }

  private static int slot(int hash) {
    return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (TABLE_SIZE - 1);
  }

  private boolean named(byte[] name, int from, int to) {
    if (to - from != lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      byte b = name[from + i];
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  private String capitalised() {
    if (name().equals("X_REQUEST_ID")) {
      return "X-Request-ID";
    }
    if (name().equals("X_REAL_IP")) {
      return "X-Real-IP";
    }
    if (name().equals("TE")) {
      return "TE";
    }
    StringBuilder text = new StringBuilder();
    for (String word : name().split("_", -1)) {
      text.append(text.length() == 0 ? "" : "-")
          .append(word.charAt(0))
          .append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }
}
