package dev.sluice.wire;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/** What an application writes as its answer (CGI, RFC 3875), turned into an answer of HTTP/1.1 piece by piece. */
final class FastCgiAnswer {
  private static final Set<String> DROPPED = Set.of(
      "status", "connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection");

  private final int headBytes;
  private ByteString head = ByteString.emptyByteString();
  private boolean begun;
  private boolean chunked;
  private boolean broken;

  /** @param headBytes longest head that is taken */
  FastCgiAnswer(int headBytes) {
    this.headBytes = headBytes;
  }

  /** Whether the head is over. */
  boolean begun() {
    return begun;
  }

  /** Whether what came is no answer. */
  boolean broken() {
    return broken;
  }

  /** What follows of these bytes for the client of the link; may be empty. */
  ByteString after(ByteString bytes) {
    if (begun) {
      return framed(bytes);
    }
    head = head.concat(bytes).compact();
    int end = headEnd();
    if (end < 0) {
      broken = head.size() > headBytes;
      return ByteString.emptyByteString();
    }
    ByteString rest = head.drop(end);
    ByteString begin = written(head.take(end).decodeString(StandardCharsets.ISO_8859_1));
    head = ByteString.emptyByteString();
    begun = true;
    return begin.concat(framed(rest));
  }

  /** What ends the answer; empty if its length was told. */
  ByteString end() {
    return chunked ? Chunks.LAST : ByteString.emptyByteString();
  }

  private ByteString framed(ByteString bytes) {
    return chunked && !bytes.isEmpty() ? Chunks.chunk(bytes) : bytes;
  }

  /** Behind the empty line; -1 if that has not come. Lines may end without a carriage return. */
  private int headEnd() {
    int lineFrom = 0;
    for (int i = 0; i < head.size(); i++) {
      if (head.apply(i) == '\n') {
        if (i == lineFrom || i == lineFrom + 1 && head.apply(lineFrom) == '\r') {
          return i + 1;
        }
        lineFrom = i + 1;
      }
    }
    return -1;
  }

  private ByteString written(String text) {
    String status = "";
    boolean length = false;
    boolean leads = false;
    StringBuilder fields = new StringBuilder();
    for (String line : text.split("\r?\n", -1)) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        continue;
      }
      String name = line.substring(0, colon).strip();
      String value = line.substring(colon + 1).strip();
      String lower = name.toLowerCase(Locale.ROOT);
      status = lower.equals("status") ? value : status;
      length |= lower.equals("content-length");
      leads |= lower.equals("location");
      if (!DROPPED.contains(lower)) {
        fields.append(name).append(": ").append(value).append("\r\n");
      }
    }
    chunked = !length;
    String line = !status.isEmpty() ? status : leads ? "302 Found" : "200 OK";
    if (!line.matches("[1-9]\\d\\d( .*)?")) {
      broken = true;
      return ByteString.emptyByteString();
    }
    return ByteString.fromString(
        "HTTP/1.1 " + line + (line.length() == 3 ? " " : "") + "\r\n" + fields
            + (chunked ? "Transfer-Encoding: chunked\r\n" : "") + "Connection: close\r\n\r\n",
        StandardCharsets.ISO_8859_1);
  }
}
