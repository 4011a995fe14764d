package dev.sluice.model.bedrock;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as AWS asks for, version 4.
 *
 * @param service that the key is for: {@code bedrock}
 */
public record SigV4(AwsKey key, String region, String service) {
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String END_OF_SCOPE = "aws4_request";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int DAY_CHARACTERS = 8;

  /**
   * A request to be signed.
   *
   * @param authority as its field {@code host} will say it
   * @param target encoded path, with the query behind it, as it will be sent
   * @param fields others that the signature shall cover, as they will be sent
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Request(
      String method, String authority, String target, Map<String, String> fields, byte[] body) {}

  /**
   * The fields that the request must have besides those it has: when it was signed, the session of the key if it has one, and the
   * signature. It holds for 5 minutes.
   */
  public Map<String, String> fields(Request request, Instant now) {
    String time = TIME.format(now);
    String day = time.substring(0, DAY_CHARACTERS);
    Map<String, String> added = new LinkedHashMap<>();
    added.put("x-amz-date", time);
    if (!key.sessionToken().isEmpty()) {
      added.put("x-amz-security-token", key.sessionToken());
    }
    TreeMap<String, String> signed = new TreeMap<>();
    signed.put("host", request.authority());
    request.fields().forEach((name, value) -> signed.put(name.toLowerCase(Locale.ROOT), value));
    signed.putAll(added);
    String names = String.join(";", signed.keySet());
    String scope = String.join("/", day, region, service, END_OF_SCOPE);
    String toSign =
        String.join("\n", ALGORITHM, time, scope, hash(bytes(canonical(request, signed, names))));
    String signature = HexFormat.of().formatHex(hmac(signingKey(day), toSign));
    added.put(
        "authorization",
        ALGORITHM + " Credential=" + key.id() + "/" + scope + ", SignedHeaders=" + names
            + ", Signature=" + signature);
    return added;
  }

  private static String canonical(Request request, TreeMap<String, String> signed, String names) {
    int question = request.target().indexOf('?');
    String path = question < 0 ? request.target() : request.target().substring(0, question);
    String query = question < 0 ? "" : request.target().substring(question + 1);
    StringBuilder fields = new StringBuilder();
    signed.forEach((name, value) -> fields
        .append(name)
        .append(':')
        .append(value.strip().replaceAll("\\s+", " "))
        .append('\n'));
    return String.join(
        "\n",
        request.method().toUpperCase(Locale.ROOT),
        ModelPath.encoded(normalised(path), "/"),
        sorted(query),
        fields,
        names,
        hash(request.body()));
  }

  /** Without empty and dot segments; it is encoded once more, as all services but S3 want it. */
  private static String normalised(String path) {
    Deque<String> kept = new ArrayDeque<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        kept.pollLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        kept.addLast(segment);
      }
    }
    String joined = "/" + String.join("/", kept);
    return path.endsWith("/") && !kept.isEmpty() ? joined + "/" : joined;
  }

  private static String sorted(String query) {
    if (query.isEmpty()) {
      return "";
    }
    List<String[]> pairs = new ArrayList<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      pairs.add(
          equals < 0
              ? new String[] {pair, ""}
              : new String[] {pair.substring(0, equals), pair.substring(equals + 1)});
    }
    pairs.sort((a, b) -> a[0].equals(b[0]) ? a[1].compareTo(b[1]) : a[0].compareTo(b[0]));
    List<String> joined = new ArrayList<>();
    pairs.forEach(pair -> joined.add(pair[0] + "=" + pair[1]));
    return String.join("&", joined);
  }

  private byte[] signingKey(String day) {
    byte[] ofDay = hmac(bytes("AWS4" + key.secret()), day);
    return hmac(hmac(hmac(ofDay, region), service), END_OF_SCOPE);
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(bytes(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
