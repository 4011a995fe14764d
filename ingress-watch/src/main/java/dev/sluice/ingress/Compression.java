package dev.sluice.ingress;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which answers are compressed, on all hosts: the keys of the controller's ConfigMap, with its defaults.
 *
 * @param gzip null if there is none, as {@code brotli}
 * @param disabledFor User-Agents that get no gzip, or null
 */
public record Compression(
    @Nullable Coding gzip,
    @Nullable Coding brotli,
    @Nullable Pattern disabledFor) {
  /** Answers pass as they come. */
  public static final Compression OFF = new Compression(null, null, null);

  private static final String TYPES = "application/xml+rss application/atom+xml"
      + " application/javascript application/x-javascript application/json application/rss+xml"
      + " application/vnd.ms-fontobject application/x-font-ttf application/x-web-app-manifest+json"
      + " application/xhtml+xml application/xml font/opentype image/svg+xml image/x-icon text/css"
      + " text/javascript text/plain text/x-component";

  /** What nginx means by the word: Internet Explorer up to 6, but for the one of Windows XP SP2. */
  private static final String MSIE6 = "msie6";

  private static final Pattern MSIE6_PATTERN = Pattern.compile("MSIE [4-6]\\.");

  /** Above this a piece would hold the other connections of its worker up for too long. */
  private static final int MOST_BROTLI_LEVEL = 6;

  /**
   * One coding.
   *
   * @param level 1 to 9 for gzip, 0 to 6 for Brotli
   * @param leastBytes answers that are known to be shorter pass as they come
   * @param types media types in lower case; {@code *} is any
   */
  public record Coding(int level, long leastBytes, Set<String> types) {
    /** Whether answers of this Content-Type are compressed. */
    public boolean takes(String contentType) {
      int end = contentType.indexOf(';');
      String type =
          (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
      return types.contains("*") || types.contains(type);
    }
  }

  static Compression of(ControllerConfig config) {
    boolean gzip = config.is("use-gzip", false);
    boolean brotli = config.is("enable-brotli", false);
    if (!gzip && !brotli) {
      return OFF;
    }
    return new Compression(
        gzip ? coding(config, "gzip", 1, 9, 1, 256) : null,
        brotli ? coding(config, "brotli", 0, MOST_BROTLI_LEVEL, 4, 20) : null,
        gzip ? disabledFor(config.text("gzip-disable")) : null);
  }

  private static Coding coding(
      ControllerConfig config, String name, int least, int most, int level, long leastBytes) {
    String given = config.text(name + "-types");
    Set<String> types = new TreeSet<>(
        List.of((given == null || given.isBlank() ? TYPES : given.strip().toLowerCase(Locale.ROOT))
            .split("\\s+", -1)));
    types.add("text/html");
    return new Coding(
        (int) Math.max(least, Math.min(most, config.number(name + "-level", level))),
        Math.max(0, config.number(name + "-min-length", leastBytes)),
        types);
  }

  private static @Nullable Pattern disabledFor(@Nullable String given) {
    if (given == null || given.isBlank()) {
      return null;
    }
    if (given.strip().equals(MSIE6)) {
      return MSIE6_PATTERN;
    }
    try {
      return LinearPattern.compile(given.strip(), Pattern.CASE_INSENSITIVE);
    } catch (PatternSyntaxException e) {
      return null;
    }
  }

  /** Whether a client of this name gets no gzip. */
  public boolean disablesGzip(String userAgent) {
    return disabledFor != null
        && disabledFor.matcher(userAgent).find()
        && !(disabledFor.equals(MSIE6_PATTERN) && userAgent.contains("SV1"));
  }
}
