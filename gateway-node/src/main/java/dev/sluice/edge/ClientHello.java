package dev.sluice.edge;

import akka.util.ByteString;
import dev.sluice.wire.Link;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Function;

/**
 * Looks at the first message of a TLS handshake for the host that the client names, before anything answers it. What is
 * no such message goes on as one without a name: the handshake itself refuses it.
 */
final class ClientHello implements Link.Events {
  private static final int RECORD_HEAD = 5;
  private static final int HANDSHAKE = 22;
  private static final int FIXED_BYTES = RECORD_HEAD + 4 + 2 + 32;
  private static final int MOST_BYTES = 16 * 1024 + RECORD_HEAD;

  private final Function<String, Link.Events> next;
  private final Link.Events early;
  private ByteString seen = ByteString.emptyByteString();

  /**
   * @param early told of what happens before the name is known
   * @param next makes who reads the connection, from its first byte on, once the name is known
   */
  ClientHello(Link.Events early, Function<String, Link.Events> next) {
    this.early = early;
    this.next = next;
  }

  @Override
  public void received(ByteString bytes) {
    seen = seen.concat(bytes);
    boolean handshake = seen.apply(0) == HANDSHAKE;
    int whole = seen.size() < RECORD_HEAD ? RECORD_HEAD : RECORD_HEAD + number(3);
    if (handshake && whole <= MOST_BYTES && seen.size() < whole) {
      return;
    }
    ByteString all = seen;
    String host = handshake ? host() : "";
    seen = ByteString.emptyByteString();
    next.apply(host).received(all);
  }

  private String host() {
    try {
      int at = FIXED_BYTES;
      at += 1 + (seen.apply(at) & 0xFF);
      at += 2 + number(at);
      at += 1 + (seen.apply(at) & 0xFF);
      int end = Math.min(seen.size(), at + 2 + number(at));
      at += 2;
      while (at + 4 <= end) {
        int length = number(at + 2);
        if (number(at) == 0 && length > 5 && at + 4 + length <= end) {
          int name = number(at + 7);
          return seen.slice(at + 9, Math.min(at + 9 + name, at + 4 + length))
              .decodeString(StandardCharsets.ISO_8859_1)
              .toLowerCase(Locale.ROOT);
        }
        at += 4 + length;
      }
    } catch (IndexOutOfBoundsException e) {
      // not a message that names a host
    }
    return "";
  }

  private int number(int at) {
    return (seen.apply(at) & 0xFF) << 8 | seen.apply(at + 1) & 0xFF;
  }

  @Override
  public void drained() {
    early.drained();
  }

  @Override
  public void finished() {
    early.finished();
  }

  @Override
  public void broken(String why) {
    early.broken(why);
  }
}
