package dev.sluice.proxy;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import dev.sluice.ingress.Compression;
import dev.sluice.ingress.Compression.Coding;
import dev.sluice.wire.Field;
import dev.sluice.wire.Fields;
import dev.sluice.wire.HeadSink;
import dev.sluice.wire.RequestHead;
import dev.sluice.wire.ResponseHead;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the body of one answer is compressed, decided by the heads alone and as nginx does.
 *
 * @param name of the coding, null if the body passes as it is
 * @param varies whether another client might have got another body
 */
record AnswerCoding(@Nullable String name, int level, boolean varies) {
  static final AnswerCoding NONE = new AnswerCoding(null, 0, false);

  private static final String BROTLI = "br";
  private static final String GZIP = "gzip";
  private static final Set<Integer> STATUSES = Set.of(200, 403, 404);

  /** @param answer one that has a body */
  static AnswerCoding of(Compression allowed, RequestHead request, ResponseHead answer) {
    if (allowed.gzip() == null && allowed.brotli() == null || !STATUSES.contains(answer.status())) {
      return NONE;
    }
    String encoded = answer.fields().first("Content-Encoding");
    if (encoded != null && !encoded.isEmpty()
        || lists(answer.fields(), "Cache-Control", "no-transform")) {
      return NONE;
    }
    Coding brotli = matching(allowed.brotli(), answer);
    Coding gzip = matching(allowed.gzip(), answer);
    if (brotli == null && gzip == null) {
      return NONE;
    }
    String accepted = request.http11() ? request.fields().first("Accept-Encoding") : null;
    if (brotli != null && accepts(accepted, BROTLI) && Brotli4jLoader.isAvailable()) {
      return new AnswerCoding(BROTLI, brotli.level(), true);
    }
    String agent = request.fields().first("User-Agent");
    if (gzip != null
        && accepts(accepted, GZIP)
        && !allowed.disablesGzip(agent == null ? "" : agent)) {
      return new AnswerCoding(GZIP, gzip.level(), true);
    }
    return new AnswerCoding(null, 0, true);
  }

  private static @Nullable Coding matching(@Nullable Coding coding, ResponseHead answer) {
    String type = answer.fields().first(Field.CONTENT_TYPE);
    long length = answer.bodyLength();
    return coding == null
            || type == null
            || type.startsWith("application/grpc")
            || !coding.takes(type)
            || length >= 0 && length < Math.max(1, coding.leastBytes())
        ? null
        : coding;
  }

  /** Whether an Accept-Encoding names this coding, and not with a weight of zero. */
  static boolean accepts(@Nullable String accepted, String coding) {
    if (accepted == null) {
      return false;
    }
    for (String item : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = item.split(";", -1);
      if (parts[0].strip().equals(coding)) {
        return parts.length < 2 || !parts[1].strip().matches("q\\s*=\\s*0(\\.0*)?");
      }
    }
    return false;
  }

  private static boolean lists(Fields fields, String name, String token) {
    for (int i = 0; i < fields.count(); i++) {
      if (fields.hasName(i, name) && fields.valueLists(i, token)) {
        return true;
      }
    }
    return false;
  }

  boolean encodes() {
    return name != null;
  }

  BodyEncoder encoder() {
    return BROTLI.equals(name) ? BodyEncoder.brotli(level) : BodyEncoder.gzip(level);
  }

  /** Leaves a field out that the compressed body makes untrue, or writes it anew; false if it passes as it is. */
  boolean rewrites(Fields fields, int i, HeadSink out) {
    if (!encodes()) {
      return false;
    }
    if (fields.hasName(i, "ETag")) {
      String tag = fields.value(i);
      if (tag.startsWith("\"")) {
        out.field("ETag", "W/" + tag);
        return true;
      }
      return !tag.startsWith("W/");
    }
    return fields.hasName(i, "Accept-Ranges")
        || fields.hasName(i, "Content-MD5")
        || fields.hasName(i, "Content-Encoding");
  }

  /** Says what became of the body. */
  void writeFields(Fields fields, HeadSink out) {
    if (name != null) {
      out.field("Content-Encoding", name);
    }
    if (varies && !lists(fields, "Vary", "Accept-Encoding") && !lists(fields, "Vary", "*")) {
      out.field("Vary", "Accept-Encoding");
    }
  }
}
