package dev.sluice.proxy;

import akka.util.ByteString;
import dev.sluice.edge.Arrival;
import dev.sluice.ingress.RequestView;
import dev.sluice.ingress.Route;
import dev.sluice.wire.Field;
import dev.sluice.wire.HeadSink;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One request on its way: what arrived, where it goes, and what was answered. Ends once, and is then counted. */
public final class Inbound implements RequestView {
  private static final int LONGEST_ID = 128;

  private final Arrival arrival;
  private final TrafficLog log;
  private final String id;
  private final long arrivedNanos = System.nanoTime();
  private String path = "";
  private @Nullable Route route;
  private Dialect dialect = Dialect.PLAIN;
  private int status;
  private long sentBytes;
  private @Nullable String upstream;
  private @Nullable String note;
  private @Nullable String tenant;
  private @Nullable String key;
  private long inputTokens;
  private long outputTokens;
  private boolean over;

  Inbound(Arrival arrival, TrafficLog log) {
    this.arrival = arrival;
    this.log = log;
    this.id = idOf(arrival);
  }

  public Arrival arrival() {
    return arrival;
  }

  /** The client's X-Request-ID if it sent a usable one, else one of ours: 32 hex digits. */
  public String id() {
    return id;
  }

  /** The normalised path; empty before it was read. */
  public String path() {
    return path;
  }

  public @Nullable Route route() {
    return route;
  }

  public Dialect dialect() {
    return dialect;
  }

  /** Status that was answered, 0 if none was. */
  public int status() {
    return status;
  }

  /** Bytes of the answer's body, with chunk framing. */
  public long sentBytes() {
    return sentBytes;
  }

  public long arrivedNanos() {
    return arrivedNanos;
  }

  /** Who answered, for the log; null if nobody behind us did. */
  public @Nullable String upstream() {
    return upstream;
  }

  /** What went wrong, for the log; null if nothing did. */
  public @Nullable String note() {
    return note;
  }

  /** Longest body that its route takes, in bytes. */
  public long bodyLimit() {
    return route == null || route.bodyBytes() == 0 ? Long.MAX_VALUE : route.bodyBytes();
  }

  /** Whose quota pays, for a model call; null for others. */
  public @Nullable String tenant() {
    return tenant;
  }

  /** Name of the API key that was used, for a model call; null for others. */
  public @Nullable String key() {
    return key;
  }

  public long inputTokens() {
    return inputTokens;
  }

  public long outputTokens() {
    return outputTokens;
  }

  public void spender(String tenant, String key) {
    this.tenant = tenant;
    this.key = key;
  }

  public void usage(long inputTokens, long outputTokens) {
    this.inputTokens = inputTokens;
    this.outputTokens = outputTokens;
  }

  void path(String path) {
    this.path = path;
  }

  void route(Route route) {
    this.route = route;
  }

  public void dialect(Dialect dialect) {
    this.dialect = dialect;
  }

  public void upstream(String upstream) {
    this.upstream = upstream;
  }

  public void note(String note) {
    this.note = note;
  }

  /** Begins the answer. */
  public HeadSink head(int status, String reason) {
    this.status = status;
    return arrival.head(status, reason);
  }

  public void headEnd(long bodyLength) {
    arrival.headEnd(bodyLength);
  }

  public void send(ByteString bytes) {
    sentBytes += bytes.size();
    arrival.send(bytes);
  }

  public void end() {
    arrival.end();
    over();
  }

  /** The answer can't be made whole, and the client shall see it. */
  public void breakOff(String why) {
    note = why;
    arrival.breakOff();
    over();
  }

  /** The client has left. */
  public void gone() {
    if (note == null) {
      note = "the client has left";
    }
    over();
  }

  /** Answers with a refusal, in the caller's dialect. */
  public void refuse(Refusal refusal) {
    Refusals.answer(this, refusal, Refusals.NO_FIELDS);
  }

  private void over() {
    if (!over) {
      over = true;
      log.over(this);
    }
  }

  @Override
  public String method() {
    return arrival.head().method();
  }

  @Override
  public @Nullable String header(String name) {
    return arrival.head().fields().first(name);
  }

  @Override
  public @Nullable String query(String name) {
    String target = arrival.head().target();
    int mark = target.indexOf('?');
    if (mark < 0) {
      return null;
    }
    for (String pair : target.substring(mark + 1).split("&", -1)) {
      int equals = pair.indexOf('=');
      try {
        if (decoded(equals < 0 ? pair : pair.substring(0, equals)).equals(name)) {
          return equals < 0 ? "" : decoded(pair.substring(equals + 1));
        }
      } catch (IllegalArgumentException e) {
        // an escape that can't be decoded equals no name
      }
    }
    return null;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static String idOf(Arrival arrival) {
    String sent = arrival.head().fields().first(Field.X_REQUEST_ID);
    if (sent != null && !sent.isEmpty() && sent.length() <= LONGEST_ID && isVisible(sent)) {
      return sent;
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    char[] digits = new char[32];
    hex(random.nextLong(), digits, 0);
    hex(random.nextLong(), digits, 16);
    return new String(digits);
  }

  private static void hex(long value, char[] digits, int from) {
    for (int i = 0; i < 16; i++) {
      digits[from + i] = Character.forDigit((int) (value >>> (60 - 4 * i)) & 15, 16);
    }
  }

  private static boolean isVisible(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }
}
