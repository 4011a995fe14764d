package dev.sluice.proxy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The Date field of answers that are our own; written once a second. */
public final class HttpDate {
  private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
          "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
      .withZone(ZoneOffset.UTC);

  private record Written(long second, String text) {}

  private static volatile Written last = new Written(-1, "");

  private HttpDate() {}

  public static String now() {
    long second = System.currentTimeMillis() / 1000;
    Written written = last;
    if (written.second() != second) {
      written = new Written(second, FORMAT.format(Instant.ofEpochSecond(second)));
      last = written;
    }
    return written.text();
  }
}
