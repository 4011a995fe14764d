package dev.sluice.wire;

import java.nio.charset.StandardCharsets;

/** Head of a response as it came. */
public final class ResponseHead implements ResponseRead {

  private final int status;
  private final String reason;
  private final Fields fields;
  private final long bodyLength;
  private final boolean keepAlive;

  private ResponseHead(
      int status, String reason, Fields fields, long bodyLength, boolean keepAlive) {
    this.status = status;
    this.reason = reason;
    this.fields = fields;
    this.bodyLength = bodyLength;
    this.keepAlive = keepAlive;
  }

  public int status() {
    return status;
  }

  /** 1xx but 101: another head follows. */
  public boolean interim() {
    return status < 200 && status != 101;
  }

  public String reason() {
    return reason;
  }

  public Fields fields() {
    return fields;
  }

  /** Bytes of the body that follow: a number, {@link BodyLength#CHUNKED} or {@link BodyLength#UNTIL_CLOSE}. */
  public long bodyLength() {
    return bodyLength;
  }

  /** Whether the connection can serve another request when the body is over. */
  public boolean keepAlive() {
    return keepAlive;
  }

  /**
   * Reads a whole head, from the status line to the empty line.
   *
   * @param method of the request that this answers: HEAD has no body whatever the fields say
   * @param maxFields most header fields that are taken
   */
  public static ResponseRead read(byte[] head, int from, int end, String method, int maxFields) {
    if (end - from < 15 || !startsWithVersion(head, from)) {
      return Malformed.bad("a status line that does not begin with HTTP/1.1 or HTTP/1.0");
    }
    boolean http11 = head[from + 7] == '1';
    int status = 0;
    for (int i = from + 9; i < from + 12; i++) {
      if (head[i] < '0' || head[i] > '9') {
        return Malformed.bad("a status that is no three-digit number");
      }
      status = status * 10 + head[i] - '0';
    }
    int at = from + 12;
    if (status < 100 || head[at] != ' ' && head[at] != '\r') {
      return Malformed.bad("a status that is no three-digit number");
    }
    int reasonFrom = head[at] == ' ' ? at + 1 : at;
    at = reasonFrom;
    while (head[at] >= ' ' && head[at] != 127 || head[at] < 0 || head[at] == '\t') {
      at++;
    }
    if (head[at] != '\r' || head[at + 1] != '\n') {
      return Malformed.bad("a control character in the status line");
    }
    String reason = new String(head, reasonFrom, at - reasonFrom, StandardCharsets.ISO_8859_1);
    Fields fields = new Fields(head);
    Malformed malformed = FieldParser.parse(head, at + 2, end, maxFields, fields);
    return malformed != null ? malformed : check(status, reason, http11, fields, method);
  }

  private static ResponseRead check(
      int status, String reason, boolean http11, Fields fields, String method) {
    long length = -1;
    boolean chunked = false;
    boolean close = false;
    boolean keep = http11;
    for (int i = 0; i < fields.count(); i++) {
      Field field = fields.known(i);
      if (field == Field.CONTENT_LENGTH) {
        long value = fields.contentLength(i);
        if (value < 0 || length >= 0 && value != length) {
          return Malformed.bad("a Content-Length that is no plain number, or two that differ");
        }
        length = value;
      } else if (field == Field.TRANSFER_ENCODING) {
        if (chunked || !fields.valueIs(i, "chunked")) {
          return Malformed.bad("a Transfer-Encoding other than one chunked");
        }
        chunked = true;
      } else if (field == Field.CONNECTION) {
        close |= fields.valueLists(i, "close");
        keep |= fields.valueLists(i, "keep-alive");
      }
    }
    if (chunked && length >= 0) {
      return Malformed.bad("both Content-Length and Transfer-Encoding");
    }
    boolean bodiless = method.equals("HEAD") || status < 200 || status == 204 || status == 304;
    long bodyLength =
        bodiless ? 0 : chunked ? BodyLength.CHUNKED : length >= 0 ? length : BodyLength.UNTIL_CLOSE;
    return new ResponseHead(
        status, reason, fields, bodyLength, keep && !close && bodyLength != BodyLength.UNTIL_CLOSE);
  }

  private static boolean startsWithVersion(byte[] head, int at) {
    return head[at] == 'H'
        && head[at + 1] == 'T'
        && head[at + 2] == 'T'
        && head[at + 3] == 'P'
        && head[at + 4] == '/'
        && head[at + 5] == '1'
        && head[at + 6] == '.'
        && (head[at + 7] == '1' || head[at + 7] == '0')
        && head[at + 8] == ' ';
  }
}
