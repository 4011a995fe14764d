package dev.sluice.edge;

import akka.util.ByteString;
import dev.sluice.wire.Addresses;
import dev.sluice.wire.Link;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what a proxy says, before all else on a connection, of who is behind it: the PROXY protocol, versions 1 and 2.
 * Whoever says nothing, or something else, is disconnected.
 */
final class ProxyHeader implements Link.Events {
  /** Told who connected, and to which port of the proxy; not at all if the proxy speaks for itself. */
  interface Told {
    void behind(InetSocketAddress client, int port);
  }

  private static final int LONGEST_LINE = 107;
  static final int FIXED_BYTES = 16;
  private static final int MOST_BYTES = FIXED_BYTES + 2048;
  static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
  static final int TCP4 = 0x11;
  static final int TCP6 = 0x21;
  private static final Pattern LINE = Pattern.compile(
      "PROXY (?:UNKNOWN.*|TCP[46] ([0-9A-Fa-f:.]+) [0-9A-Fa-f:.]+ (\\d{1,5}) (\\d{1,5}))");

  private final Link link;
  private final Link.Events next;
  private final Told told;
  private final Runnable whenOver;
  private ByteString seen = ByteString.emptyByteString();
  private boolean over;

  /** @param next who reads the connection from the header's end on */
  ProxyHeader(Link link, Link.Events next, Told told) {
    this(link, next, told, () -> {});
  }

  /** @param whenOver called once the header has ended, before {@code next} is told of anything */
  ProxyHeader(Link link, Link.Events next, Told told, Runnable whenOver) {
    this.whenOver = whenOver;
    this.link = link;
    this.next = next;
    this.told = told;
  }

  @Override
  public void received(ByteString bytes) {
    if (over) {
      next.received(bytes);
      return;
    }
    seen = seen.concat(bytes);
    int end = startsLike(SIGNATURE) ? version2() : version1();
    if (end < 0) {
      link.abort();
      next.broken("no header of the PROXY protocol");
      return;
    }
    if (end > 0) {
      over = true;
      link.events(next);
      whenOver.run();
      ByteString rest = seen.drop(end);
      seen = ByteString.emptyByteString();
      if (!rest.isEmpty()) {
        next.received(rest);
      }
    }
  }

  private boolean startsLike(byte[] expected) {
    for (int i = 0; i < Math.min(expected.length, seen.size()); i++) {
      if (seen.apply(i) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  /** Where the header ends; 0 if it is not whole yet, -1 if it is none. */
  private int version1() {
    int end = seen.indexOf((byte) '\n');
    if (end < 0) {
      return seen.size() > LONGEST_LINE || !startsLike("PROXY ".getBytes(StandardCharsets.US_ASCII))
          ? -1
          : 0;
    }
    Matcher line =
        LINE.matcher(seen.take(end).decodeString(StandardCharsets.ISO_8859_1).replace("\r", ""));
    if (end > LONGEST_LINE || !line.matches()) {
      return -1;
    }
    if (line.group(1) != null) {
      if (!Addresses.isAddress(line.group(1))) {
        return -1;
      }
      int from = Integer.parseInt(line.group(2));
      int to = Integer.parseInt(line.group(3));
      if (from > 65535 || to > 65535) {
        return -1;
      }
      told.behind(Addresses.of(line.group(1), from), to);
    }
    return end + 1;
  }

  private int version2() {
    if (seen.size() < FIXED_BYTES) {
      return 0;
    }
    int length = number(14);
    if (FIXED_BYTES + length > MOST_BYTES || (seen.apply(12) & 0xF0) != 0x20) {
      return -1;
    }
    if (seen.size() < FIXED_BYTES + length) {
      return 0;
    }
    int family = seen.apply(13);
    int addressBytes = family == TCP4 ? 4 : family == TCP6 ? 16 : 0;
    boolean proxied = (seen.apply(12) & 0x0F) == 1 && addressBytes > 0;
    if (proxied && length < 2 * addressBytes + 4) {
      return -1;
    }
    if (proxied) {
      byte[] address = new byte[addressBytes];
      for (int i = 0; i < addressBytes; i++) {
        address[i] = seen.apply(FIXED_BYTES + i);
      }
      int ports = FIXED_BYTES + 2 * addressBytes;
      try {
        told.behind(
            new InetSocketAddress(InetAddress.getByAddress(address), number(ports)),
            number(ports + 2));
      } catch (UnknownHostException e) {
        return -1;
      }
    }
    return FIXED_BYTES + length;
  }

  private int number(int at) {
    return (seen.apply(at) & 0xFF) << 8 | seen.apply(at + 1) & 0xFF;
  }

  @Override
  public void drained() {
    next.drained();
  }

  @Override
  public void finished() {
    next.finished();
  }

  @Override
  public void broken(String why) {
    next.broken(why);
  }
}
