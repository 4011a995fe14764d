package dev.sluice.proxy;

import akka.util.ByteString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * How two answers to the same request differ. What may be a secret is shown as a digest: of cookies only the names, of
 * URLs no query, of bodies nothing.
 */
final class Comparison {
  /**
   * One thing that differs.
   *
   * @param what {@code status}, {@code body} or {@code header NAME}
   * @param ours as it may be shown
   * @param theirs likewise
   */
  record Difference(String what, String ours, String theirs) {}

  private static final String NOTHING = "none";
  private static final int MOST_CHARS = 200;
  private static final int SHOWN_DIGITS = 16;
  private static final int MOST_DECODED_BYTES = 4 << 20;

  /** Fields whose values hold no secret. */
  private static final Set<String> PUBLIC = Set.of(
      "access-control-allow-credentials",
      "access-control-allow-headers",
      "access-control-allow-methods",
      "access-control-allow-origin",
      "access-control-expose-headers",
      "access-control-max-age",
      "allow",
      "cache-control",
      "content-disposition",
      "content-encoding",
      "content-language",
      "content-type",
      "etag",
      "expires",
      "last-modified",
      "referrer-policy",
      "retry-after",
      "server",
      "strict-transport-security",
      "vary",
      "www-authenticate",
      "x-content-type-options",
      "x-frame-options");

  private Comparison() {}

  /** @param headers names of the fields that are compared */
  static List<Difference> of(Answered ours, Answered theirs, Set<String> headers) {
    if (ours.status() != theirs.status()) {
      return List.of(new Difference("status", "" + ours.status(), "" + theirs.status()));
    }
    List<Difference> all = new ArrayList<>();
    for (String name : headers) {
      boolean inOwnWords = ours.own() && name.equalsIgnoreCase("Content-Type");
      String mine = compared(name, ours.values(name));
      String other = compared(name, theirs.values(name));
      if (!inOwnWords && !mine.equals(other)) {
        all.add(new Difference(
            "header " + name, shown(name, ours.values(name)), shown(name, theirs.values(name))));
      }
    }
    if (!ours.own() && bodiesDiffer(ours, theirs)) {
      all.add(new Difference("body", shownBody(ours), shownBody(theirs)));
    }
    return all;
  }

  private static String compared(String name, List<String> values) {
    return name.equalsIgnoreCase("Set-Cookie") ? cookieNames(values) : String.join(", ", values);
  }

  /** Their values are made anew for each client. */
  private static String cookieNames(List<String> values) {
    return String.join(
        ", ",
        values.stream()
            .map(value -> value.substring(0, Math.max(0, value.indexOf('='))))
            .sorted()
            .toList());
  }

  private static String shown(String name, List<String> values) {
    if (values.isEmpty()) {
      return NOTHING;
    }
    String key = name.toLowerCase(Locale.ROOT);
    String all = String.join(", ", values);
    if (key.equals("set-cookie")) {
      return shortened(cookieNames(values));
    } else if (key.equals("location")) {
      int query = all.indexOf('?');
      return query < 0
          ? shortened(all)
          : shortened(all.substring(0, query)) + "? and a query of " + digest(all.substring(query));
    }
    return PUBLIC.contains(key) ? shortened(all) : "a value of " + digest(all);
  }

  private static String shortened(String text) {
    return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS) + " …";
  }

  private static boolean bodiesDiffer(Answered ours, Answered theirs) {
    if (same(ours.body(), ours.whole(), theirs.body(), theirs.whole())) {
      return false;
    }
    ByteString mine = decoded(ours);
    ByteString other = decoded(theirs);
    return mine != null && other != null && !same(mine, ours.whole(), other, theirs.whole());
  }

  /** Of one that is not whole, only what has come is compared. */
  private static boolean same(ByteString a, boolean aWhole, ByteString b, boolean bWhole) {
    int common = Math.min(a.size(), b.size());
    boolean mayGoOn = a.size() == b.size() || (a.size() < b.size() ? !aWhole : !bWhole);
    return mayGoOn && a.take(common).equals(b.take(common));
  }

  /** Null if it can't be read: it is coded in another way than gzip, or coded and not whole. */
  private static @Nullable ByteString decoded(Answered answer) {
    List<String> codings = answer.values("Content-Encoding");
    if (codings.isEmpty() || codings.equals(List.of("identity"))) {
      return answer.body();
    }
    if (!codings.equals(List.of("gzip")) || !answer.whole()) {
      return null;
    }
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(answer.body().toArray()))) {
      byte[] plain = in.readNBytes(MOST_DECODED_BYTES);
      return ByteString.fromArray(plain);
    } catch (IOException e) {
      return null;
    }
  }

  private static String shownBody(Answered answer) {
    ByteString plain = decoded(answer);
    byte[] bytes = (plain == null ? answer.body() : plain).toArray();
    return (answer.whole() ? "" : "at least ") + bytes.length + " bytes, " + digest(bytes);
  }

  private static String digest(String text) {
    return digest(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String digest(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "SHA-256 " + HexFormat.of().formatHex(Arrays.copyOf(hash, SHOWN_DIGITS / 2)) + "…";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
