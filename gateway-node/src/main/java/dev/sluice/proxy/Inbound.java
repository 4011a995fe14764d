package dev.sluice.proxy;

import akka.util.ByteString;
import dev.sluice.edge.Arrival;
import dev.sluice.ingress.Compression;
import dev.sluice.ingress.Forwarding;
import dev.sluice.ingress.GatewayWide;
import dev.sluice.ingress.RequestView;
import dev.sluice.ingress.Route;
import dev.sluice.ingress.Trust;
import dev.sluice.upstream.UpstreamConnection;
import dev.sluice.wire.BodyLength;
import dev.sluice.wire.Field;
import dev.sluice.wire.Fields;
import dev.sluice.wire.HeadSink;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One request on its way: what arrived, where it goes, and what was answered. Ends once, and is then counted. */
public final class Inbound implements RequestView {
  private static final int LONGEST_ID = 128;
  private static final int HTTPS_PORT = 443;
  private static final Set<Integer> GOOD = Set.of(200, 201, 204, 206, 301, 302, 303, 304, 307, 308);

  private final Arrival arrival;
  private final TrafficLog log;
  private final String id;
  private final long arrivedNanos = System.nanoTime();
  private String path = "";
  private @Nullable Route route;
  private Dialect dialect;
  private int status;
  private long sentBytes;
  private @Nullable String upstream;
  private @Nullable String note;
  private @Nullable String tenant;
  private @Nullable String key;
  private long inputTokens;
  private long outputTokens;
  private @Nullable String cached;
  private long savedTokens;
  private boolean over;
  private String target;
  private InetAddress clientAddress;
  private boolean trusted;
  private GatewayWide wide = GatewayWide.DEFAULT;
  private boolean logged = true;
  private @Nullable Map<String, String> responseFields;
  private @Nullable List<AddedField> addedFields;
  private Map<String, String> upstreamFields = Map.of();
  private Map<String, String> clientFields = Map.of();
  private List<String> authCookies = List.of();
  private @Nullable String affinityCookie;
  private @Nullable Runnable whenOver;
  private @Nullable AnswerCopy copy;
  private final UpstreamTimes upstreamTimes = new UpstreamTimes();
  private long receivedBytes;
  private String canary = "";

  /** A field that is added to the answer. */
  private record AddedField(String name, String value) {}

  Inbound(Arrival arrival, TrafficLog log) {
    this.arrival = arrival;
    this.log = log;
    this.id = idOf(arrival);
    this.target = arrival.head().target();
    this.clientAddress = arrival.client().getAddress();
    this.dialect = GrpcStatus.isSpoken(arrival) ? Dialect.GRPC : Dialect.PLAIN;
  }

  /** Path and query for the upstream: as sent, unless a filter has rewritten them. */
  String target() {
    return target;
  }

  void target(String target) {
    this.target = target;
  }

  /** Takes what proxies before this one say, as far as they are believed. */
  void believe(Trust trust) {
    if (trust.forwardedFor() && trust.isSource(clientAddress)) {
      trusted = trust.forwarded();
      String before = header(trust.forwardedForField());
      if (before != null) {
        clientAddress = trust.client(clientAddress, before);
      }
    }
  }

  /** How its answer may be compressed. */
  Compression compression() {
    return wide.compression();
  }

  /** What upstreams are told. */
  Forwarding forwarding() {
    return wide.forwarding();
  }

  /** What holds for all hosts. */
  void wide(GatewayWide wide) {
    this.wide = wide;
    logged = wide.logging().takes(arrival.head().target());
  }

  /** Whether it stands in the access log. */
  public boolean logged() {
    return logged;
  }

  void unlogged() {
    logged = false;
  }

  /** Who asks: the peer, or whom a trusted proxy names. */
  InetAddress clientAddress() {
    return clientAddress;
  }

  /** X-Forwarded-For for upstreams: who asks, or, where all of it is wanted, what a trusted proxy says and who that is. */
  String forwardedFor() {
    String before =
        trusted && wide.forwarding().wholeForwardedFor() ? header("X-Forwarded-For") : null;
    return before == null || before.isEmpty()
        ? clientAddress.getHostAddress()
        : before + ", " + arrival.client().getAddress().getHostAddress();
  }

  /** The first element of a field that a trusted proxy has set, or null. */
  private @Nullable String forwarded(Field field) {
    String value = trusted ? arrival.head().fields().first(field) : null;
    if (value == null || value.isEmpty()) {
      return null;
    }
    int comma = value.indexOf(',');
    return comma < 0 ? value : value.substring(0, comma).strip();
  }

  /** {@code http} or {@code https}, as the client sees it. */
  String scheme() {
    String before = forwarded(Field.X_FORWARDED_PROTO);
    boolean secure = arrival.secure() || arrival.proxied() && arrival.localPort() == HTTPS_PORT;
    return before != null ? before : secure ? "https" : "http";
  }

  /** The host that the client meant, with its port. */
  String authority() {
    String before = forwarded(Field.X_FORWARDED_HOST);
    return before != null ? before : arrival.head().authority();
  }

  /** The port that the client reached. */
  String port(ProxySettings settings) {
    String before = forwarded(Field.X_FORWARDED_PORT);
    if (before == null && arrival.proxied()) {
      return Integer.toString(arrival.localPort());
    }
    return before != null
        ? before
        : Integer.toString(arrival.secure() ? settings.httpsPort() : settings.httpPort());
  }

  /** The host that the client meant, in lower case and without its port. */
  String hostName() {
    String authority = authority().toLowerCase(Locale.ROOT);
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
  }

  /** Sets a field of the answer, in place of one of the same name that comes from an upstream. */
  void setResponseField(String name, String value) {
    if (responseFields == null) {
      responseFields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    }
    responseFields.put(name, value);
  }

  /** Adds a field to the answer. */
  void addResponseField(String name, String value) {
    if (addedFields == null) {
      addedFields = new ArrayList<>(1);
    }
    addedFields.add(new AddedField(name, value));
  }

  /** Whether field {@code i} of an upstream's answer gives way to one that was set. */
  boolean replaces(Fields fields, int i) {
    return responseFields != null && responseFields.containsKey(fields.name(i));
  }

  /** Fields for the upstream in place of the client's; an empty value removes. */
  Map<String, String> upstreamFields() {
    return upstreamFields;
  }

  void upstreamFields(Map<String, String> fields) {
    upstreamFields = fields;
  }

  /** What upstreams and authentication services are told of the client's certificate. */
  Map<String, String> clientFields() {
    return clientFields;
  }

  void clientFields(Map<String, String> fields) {
    clientFields = fields;
  }

  /** Cookies that the authentication service sets, if the answer is a good one. */
  void authCookies(List<String> cookies) {
    authCookies = cookies;
  }

  /** Binds the client to an endpoint; the last one counts. */
  void affinityCookie(@Nullable String cookie) {
    affinityCookie = cookie;
  }

  /** Keeps what is answered, for a comparison. */
  void copyAnswer(AnswerCopy to) {
    copy = to;
  }

  /** The gateway itself answers. */
  void answersItself() {
    if (copy != null) {
      copy.own();
    }
  }

  /** Runs once when the request is over, after what was given before. */
  void whenOver(Runnable task) {
    Runnable before = whenOver;
    whenOver = before == null
        ? task
        : () -> {
          before.run();
          task.run();
        };
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

  /** Bytes of the request's body that an upstream got, with chunk framing. */
  public long receivedBytes() {
    return receivedBytes;
  }

  void received(int bytes) {
    receivedBytes += bytes;
  }

  /** When its upstream did what. */
  public UpstreamTimes upstreamTimes() {
    return upstreamTimes;
  }

  /** Name of the canary's backend, if that took it; else empty. */
  public String canary() {
    return canary;
  }

  void canary(String backend) {
    canary = backend;
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

  /** How the cache of its route stood to it; null if it has none. */
  public @Nullable String cached() {
    return cached;
  }

  /** Tokens that asking a model would have used. */
  public long savedTokens() {
    return savedTokens;
  }

  /** @param how for the log */
  public void cached(String how, long savedTokens) {
    this.cached = how;
    this.savedTokens = savedTokens;
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
    HeadSink begun = arrival.head(status, reason);
    HeadSink head = copy == null ? begun : copy.head(status, begun);
    if (responseFields != null) {
      responseFields.forEach((name, value) -> {
        if (!value.isEmpty()) {
          head.field(name, value);
        }
      });
    }
    if (addedFields != null) {
      addedFields.forEach(field -> head.field(field.name(), field.value()));
    }
    if (affinityCookie != null) {
      head.field("Set-Cookie", affinityCookie);
    }
    if (GOOD.contains(status)) {
      authCookies.forEach(cookie -> head.field("Set-Cookie", cookie));
    }
    return head;
  }

  public void headEnd(long bodyLength) {
    if (copy != null) {
      copy.headEnd(bodyLength);
    }
    arrival.headEnd(bodyLength);
  }

  /** Whether an answer of this status has no body, whatever its fields say. */
  boolean isAnsweredBare(int answerStatus) {
    return method().equals("HEAD") || answerStatus == 204 || answerStatus == 304;
  }

  /** Ends the head of an answer whose body passes as it comes: in its own framing, if the client knows that. */
  public void headEnd(UpstreamConnection from, long bodyLength) {
    if (bodyLength == BodyLength.CHUNKED && !arrival.head().http11()) {
      headEnd(BodyLength.UNTIL_CLOSE);
    } else {
      from.framed(arrival.takesTrailers());
      headEnd(bodyLength);
    }
  }

  public void send(ByteString bytes) {
    sentBytes += bytes.size();
    if (copy != null) {
      copy.piece(bytes);
    }
    arrival.send(bytes);
  }

  /** The same, from a buffer that is the caller's again when this returns. */
  void sendLent(ByteBuffer bytes) {
    if (copy != null) {
      send(ByteString.fromByteBuffer(bytes));
    } else {
      sentBytes += bytes.remaining();
      arrival.sendLent(bytes);
    }
  }

  public void end() {
    if (copy != null) {
      copy.end();
    }
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
      if (whenOver != null) {
        whenOver.run();
      }
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
    return query(arrival.head().target(), name);
  }

  /** Decoded value of the first query parameter with this name in a target, or null. */
  static @Nullable String query(String target, String name) {
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
