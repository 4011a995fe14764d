package dev.sluice.chaos.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A provider of OpenAI's chat completions that counts exactly how many calls it has at a time, by the first part of their path. A
 * call ends when it is answered, after as many milliseconds as its model's name says, such as {@code m-200ms}, or when whoever
 * asked has closed its connection. The answer is its number among those of the place. One thread does all, and sees what was closed before what has come later.
 */
public final class SlotServer implements AutoCloseable {
  private static final Pattern MODEL = Pattern.compile("\"model\" ?: ?\"[^\"]*?([0-9]+)ms\"");
  private static final Pattern LENGTH =
      Pattern.compile("\r\ncontent-length: ?([0-9]+)\r\n", Pattern.CASE_INSENSITIVE);
  private static final int BUFFER_BYTES = 64 * 1024;

  /** What has happened at one place. */
  public static final class Place {
    private final List<Long> beginnings = new CopyOnWriteArrayList<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger count = new AtomicInteger();

    public int inFlight() {
      return inFlight.get();
    }

    /** Calls so far. */
    public int count() {
      return count.get();
    }

    /** Most calls at one time, so far. */
    public int most() {
      return most.get();
    }

    /** When calls have come, by {@link System#nanoTime}. */
    public List<Long> beginnings() {
      return List.copyOf(beginnings);
    }

    private void begin() {
      count.incrementAndGet();
      most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
      beginnings.add(System.nanoTime());
    }

    private void end() {
      inFlight.decrementAndGet();
    }
  }

  private static final class Connection {
    private final SocketChannel channel;
    private String read = "";
    private Place place;
    private int number;
    private long dueNanos;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }
  }

  private final Selector selector = Selector.open();
  private final ServerSocketChannel listener = ServerSocketChannel.open();
  private final Map<String, Place> places = new ConcurrentHashMap<>();
  private final Map<SelectionKey, Connection> connections = new HashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private final int port;

  public SlotServer() throws IOException {
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
    Thread thread = new Thread(this::run, "slot-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** For the field {@code baseUrl} of a ModelProvider. */
  public String url(String place) {
    return "http://127.0.0.1:" + port + "/" + place;
  }

  public Place place(String name) {
    return places.computeIfAbsent(name, none -> new Place());
  }

  private void run() {
    try {
      while (selector.isOpen()) {
        answerDue();
        selector.select(1);
        readAll();
      }
    } catch (ClosedSelectorException e) {
      // it was closed
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answerDue() throws IOException {
    long now = System.nanoTime();
    for (Map.Entry<SelectionKey, Connection> one : List.copyOf(connections.entrySet())) {
      Connection connection = one.getValue();
      if (connection.place != null && connection.dueNanos - now <= 0) {
        connection.place.end();
        connection.place = null;
        write(one.getKey(), connection);
      }
    }
  }

  private void write(SelectionKey key, Connection connection) {
    String body =
        "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
            + "\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\""
            + connection.number
            + "\"}}],"
            + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}";
    String answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length() + "\r\n\r\n" + body;
    try {
      connection.channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      drop(key, connection);
    }
  }

  /** All that was closed first, then what is new. */
  private void readAll() throws IOException {
    List<Connection> whole = new ArrayList<>();
    for (SelectionKey key : selector.selectedKeys()) {
      if (key.isAcceptable()) {
        accept();
        continue;
      }
      Connection connection = connections.get(key);
      if (connection != null && !read(key, connection)) {
        drop(key, connection);
      } else if (connection != null) {
        whole.add(connection);
      }
    }
    selector.selectedKeys().clear();
    whole.forEach(this::begin);
  }

  private void accept() throws IOException {
    for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
      channel.configureBlocking(false);
      connections.put(channel.register(selector, SelectionKey.OP_READ), new Connection(channel));
    }
  }

  /** @return whether it is still open */
  private boolean read(SelectionKey key, Connection connection) {
    try {
      buffer.clear();
      int count = connection.channel.read(buffer);
      if (count > 0) {
        connection.read += new String(buffer.array(), 0, count, StandardCharsets.ISO_8859_1);
      }
      return count >= 0 && key.isValid();
    } catch (IOException e) {
      return false;
    }
  }

  private void drop(SelectionKey key, Connection connection) {
    key.cancel();
    connections.remove(key);
    if (connection.place != null) {
      connection.place.end();
      connection.place = null;
    }
    try {
      connection.channel.close();
    } catch (IOException e) {
      // it is closed
    }
  }

  private void begin(Connection connection) {
    int head = connection.read.indexOf("\r\n\r\n");
    if (head < 0 || connection.place != null) {
      return;
    }
    Matcher length = LENGTH.matcher(connection.read.substring(0, head + 2));
    int end = head + 4 + (length.find() ? Integer.parseInt(length.group(1)) : 0);
    if (connection.read.length() < end) {
      return;
    }
    String request = connection.read.substring(0, end);
    connection.read = connection.read.substring(end);
    String path = request.substring(request.indexOf('/') + 1);
    Matcher model = MODEL.matcher(request);
    long millis = model.find() ? Long.parseLong(model.group(1)) : 0;
    connection.dueNanos = System.nanoTime() + millis * 1_000_000;
    connection.place = place(path.substring(0, path.indexOf('/')).toLowerCase(Locale.ROOT));
    connection.place.begin();
    connection.number = connection.place.count();
  }

  @Override
  public void close() throws IOException {
    selector.close();
    listener.close();
  }
}
