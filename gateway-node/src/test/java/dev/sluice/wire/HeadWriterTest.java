package dev.sluice.wire;

import static dev.sluice.wire.Wire.request;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Heads go out as they came in, and nothing that we add can start a line of its own. */
class HeadWriterTest {
  private static final String LINES = "X-Utf: gr\u00c3\u00bc\u00df\r\nX-Latin: \u00e0\u00ff\r\n";

  private final HeadWriter writer = new HeadWriter();

  @Test
  void writesBackEveryByteThatWasRead() {
    String sent = "M-SEARCH //x/%zz?\u00e9=\u00ff HTTP/1.1\r\nHOST: a\r\nCookie: a=b; c=\"d e\"\r\n"
        + LINES
        + "Authorization: Bearer t\r\n\r\n";
    RequestHead head = request(sent);
    writer.request(head.method(), head.target());
    for (int i = 0; i < head.fields().count(); i++) {
      writer.field(head.fields(), i);
    }
    assertThat(Wire.text(writer.finish())).isEqualTo(sent);
  }

  @Test
  void growsAndCanBeUsedAgain() {
    String value = "v".repeat(5000);
    for (int i = 0; i < 3; i++) {
      writer.response(200, "OK").field(Field.X_REQUEST_ID, value).field("X-Own", "\u00e9");
      assertThat(Wire.text(writer.finish()))
          .isEqualTo("HTTP/1.1 200 OK\r\nX-Request-ID: " + value + "\r\nX-Own: \u00e9\r\n\r\n");
    }
  }

  @Test
  void aValueOfOursCannotStartAnotherField() {
    writer.response(502, "Bad\r\nX: y");
    writer.field(Field.LOCATION, "/a\r\nSet-Cookie: x\u0000\u007f\t\u010d\u010a");
    assertThat(Wire.text(writer.finish()))
        .isEqualTo("HTTP/1.1 502 Bad  X: y\r\nLocation: /a  Set-Cookie: x  \t??\r\n\r\n");
  }
}
