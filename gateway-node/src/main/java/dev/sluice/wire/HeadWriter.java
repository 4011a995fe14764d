package dev.sluice.wire;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes one HTTP/1.1 head into bytes. May be used again after {@link #finish}. */
public final class HeadWriter implements HeadSink {
  private static final int INITIAL_BYTES = 512;
  private static final byte[] HTTP_11 = "HTTP/1.1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HTTP_10 = "HTTP/1.0".getBytes(StandardCharsets.US_ASCII);

  private byte[] out = new byte[INITIAL_BYTES];
  private int length;

  /** Begins a request. The target's bytes go out as they are. */
  public HeadWriter request(String method, String target) {
    latin(method).one(' ').latin(target).one(' ').raw(HTTP_11, 0, HTTP_11.length);
    return crlf();
  }

  /** Begins a request of HTTP/1.0. */
  public HeadWriter request10(String method, String target) {
    latin(method).one(' ').latin(target).one(' ').raw(HTTP_10, 0, HTTP_10.length);
    return crlf();
  }

  /** Begins a response. */
  public HeadWriter response(int status, String reason) {
    raw(HTTP_11, 0, HTTP_11.length).one(' ');
    one('0' + status / 100)
        .one('0' + status / 10 % 10)
        .one('0' + status % 10)
        .one(' ')
        .latin(reason);
    return crlf();
  }

  @Override
  public HeadWriter field(Field field, String value) {
    byte[] name = field.bytes();
    return raw(name, 0, name.length).one(':').one(' ').latin(value).crlf();
  }

  @Override
  public HeadWriter field(String name, String value) {
    return latin(name).one(':').one(' ').latin(value).crlf();
  }

  @Override
  public HeadWriter field(Fields from, int i) {
    from.copyTo(i, this);
    return this;
  }

  void field(byte[] head, int nameFrom, int nameTo, int valueFrom, int valueTo) {
    raw(head, nameFrom, nameTo).one(':').one(' ').raw(head, valueFrom, valueTo).crlf();
  }

  /** The whole head with its empty line; the writer is empty again. */
  public ByteString finish() {
    crlf();
    ByteString head = ByteString.fromArrayUnsafe(Arrays.copyOf(out, length));
    length = 0;
    return head;
  }

  private HeadWriter raw(byte[] bytes, int from, int to) {
    room(to - from);
    System.arraycopy(bytes, from, out, length, to - from);
    length += to - from;
    return this;
  }

  private HeadWriter latin(String text) {
    int size = text.length();
    room(size);
    for (int i = 0; i < size; i++) {
      out[length + i] = (byte) harmless(text.charAt(i));
    }
    length += size;
    return this;
  }

  /** The char as it may stand in a value: a control character would begin another field, others are no single byte. */
  private static char harmless(char c) {
    return c < ' ' && c != '\t' || c == 127 ? ' ' : c > 255 ? '?' : c;
  }

  /** The value with every char {@link #harmless}. */
  static String withoutControls(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (harmless(value.charAt(i)) != value.charAt(i)) {
        StringBuilder clean = new StringBuilder(value);
        for (int k = i; k < clean.length(); k++) {
          clean.setCharAt(k, harmless(clean.charAt(k)));
        }
        return clean.toString();
      }
    }
    return value;
  }

  private HeadWriter one(int b) {
    room(1);
    out[length++] = (byte) b;
    return this;
  }

  private HeadWriter crlf() {
    return one('\r').one('\n');
  }

  private void room(int bytes) {
    if (length + bytes > out.length) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, length + bytes));
    }
  }
}
