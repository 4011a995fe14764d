package dev.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;

/** Messages as they are on the wire, written in tests with one char per byte. */
final class Wire {
  private Wire() {}

  static byte[] bytes(String latin) {
    return latin.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String text(ByteString bytes) {
    return bytes.decodeString(StandardCharsets.ISO_8859_1);
  }

  /** Reads a request head that lies in the middle of a larger array, as on a connection. */
  static RequestRead readRequest(String head) {
    byte[] all = bytes("\n\r\n" + head + "5\r\nX: y\r\n");
    return RequestHead.read(all, 3, 3 + head.length(), 1024, 32);
  }

  static RequestHead request(String head) {
    RequestRead read = readRequest(head);
    assertThat(read).isInstanceOf(RequestHead.class);
    return (RequestHead) read;
  }

  static ResponseRead readResponse(String method, String head) {
    byte[] all = bytes("\n\r\n" + head + "5\r\nX: y\r\n");
    return ResponseHead.read(all, 3, 3 + head.length(), method, 32);
  }

  static ResponseHead response(String method, String head) {
    ResponseRead read = readResponse(method, head);
    assertThat(read).isInstanceOf(ResponseHead.class);
    return (ResponseHead) read;
  }
}
