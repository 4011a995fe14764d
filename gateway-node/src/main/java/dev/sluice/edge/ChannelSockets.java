package dev.sluice.edge;

import dev.sluice.wire.Deadlines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sockets on the selector of a worker's {@link EventLoop}. */
final class ChannelSockets implements Sockets {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelSockets.class);
  private static final int ACCEPTS_A_TURN = 64;
  private static final long ACCEPT_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final EventLoop loop;
  private final EdgeSettings settings;
  private final Deadlines deadlines;
  private final Executor lookups;
  private final Events events;
  private final ByteBuffer readBuffer;
  private final ByteBuffer writeBuffer;
  private final Map<Integer, Listener> listeners = new HashMap<>();
  private final Queue<ChannelLink> unflushed = new ArrayDeque<>();

  /** @param lookups where host names are looked up, by calls that block */
  ChannelSockets(
      EventLoop loop, EdgeSettings settings, Deadlines deadlines, Executor lookups, Events events) {
    this.loop = loop;
    this.settings = settings;
    this.deadlines = deadlines;
    this.lookups = lookups;
    this.events = events;
    this.readBuffer = ByteBuffer.allocateDirect(settings.readBytes());
    this.writeBuffer = ByteBuffer.allocateDirect(settings.readBytes());
    loop.everyRound(this::flushAll);
  }

  Deadlines deadlines() {
    return deadlines;
  }

  /** What one read fills. It is empty again before anything else is read. */
  ByteBuffer readBuffer() {
    return readBuffer;
  }

  ByteBuffer writeBuffer() {
    return writeBuffer;
  }

  /** The link has something to send at the end of this round. */
  void flushLater(ChannelLink link) {
    unflushed.add(link);
  }

  void gone(ChannelLink link) {
    events.gone(link);
  }

  private void flushAll() {
    for (ChannelLink link = unflushed.poll(); link != null; link = unflushed.poll()) {
      link.flush();
    }
  }

  @Override
  public void listen(int port) {
    InetSocketAddress address = new InetSocketAddress(settings.host(), port);
    try {
      listeners.put(port, new Listener(address));
    } catch (IOException e) {
      loop.execute(() -> events.notListening(address, String.valueOf(e.getMessage())));
      return;
    }
    loop.execute(() -> events.listening(port));
  }

  @Override
  public void close(int port) {
    Listener listener = listeners.remove(port);
    if (listener != null) {
      listener.close();
    }
  }

  @Override
  public void closeAll() {
    new ArrayList<>(listeners.keySet()).forEach(this::close);
  }

  @Override
  public void dial(InetSocketAddress address, Duration timeout, Dialed dialed) {
    new Connecting(timeout, dialed).start(address);
  }

  private final class Listener extends Deadlines.Deadline implements EventLoop.Watched {
    private final ServerSocketChannel channel = ServerSocketChannel.open();
    private final SelectionKey key;

    Listener(InetSocketAddress address) throws IOException {
      try {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        if (settings.workers() > 1) {
          channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
        channel.bind(address, settings.backlog());
        key = loop.watch(channel, SelectionKey.OP_ACCEPT, this);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    }

    @Override
    public void ready(int ops) {
      try {
        SocketChannel accepted = channel.accept();
        for (int i = 1; accepted != null; i++) {
          begin(accepted);
          accepted = i < ACCEPTS_A_TURN && channel.isOpen() ? channel.accept() : null;
        }
      } catch (IOException e) {
        LOG.warn("can't accept connections for a second: {}", e.getMessage());
        key.interestOps(0);
        deadlines.set(this, ACCEPT_AGAIN_NANOS);
      }
    }

    private void begin(SocketChannel accepted) throws IOException {
      InetSocketAddress client;
      ChannelLink link;
      try {
        client = (InetSocketAddress) accepted.getRemoteAddress();
        link = link(accepted);
      } catch (IOException e) {
        // Its peer was quick to leave.
        accepted.close();
        return;
      }
      try {
        events.accepted(link, client, (InetSocketAddress) accepted.getLocalAddress());
      } catch (RuntimeException e) {
        link.abort();
        throw e;
      }
    }

    @Override
    public void failed(Throwable why) {
      // One connection could not be begun; others can.
    }

    @Override
    protected void expired() {
      if (key.isValid()) {
        key.interestOps(SelectionKey.OP_ACCEPT);
      }
    }

    void close() {
      deadlines.clear(this);
      try {
        channel.close();
      } catch (IOException e) {
        LOG.debug("closing a listener", e);
      }
    }
  }

  private ChannelLink link(SocketChannel channel) throws IOException {
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return new ChannelLink(channel, loop.watch(channel, 0, Idle.INSTANCE), this);
  }

  /** Stands in until a link takes its place. */
  private enum Idle implements EventLoop.Watched {
    INSTANCE;

    @Override
    public void ready(int ops) {}

    @Override
    public void failed(Throwable why) {}
  }

  /** One attempt to connect, a lookup of the name before it if need be. */
  private final class Connecting extends Deadlines.Deadline implements EventLoop.Watched {
    private final Duration timeout;
    private final Dialed dialed;
    private @Nullable SocketChannel channel;
    private boolean over;

    Connecting(Duration timeout, Dialed dialed) {
      this.timeout = timeout;
      this.dialed = dialed;
    }

    void start(InetSocketAddress address) {
      deadlines.set(this, timeout.toNanos());
      if (address.isUnresolved()) {
        lookups.execute(() -> lookUp(address));
      } else {
        connect(address);
      }
    }

    private void lookUp(InetSocketAddress address) {
      try {
        InetSocketAddress found = new InetSocketAddress(
            InetAddress.getByName(address.getHostString()), address.getPort());
        loop.execute(() -> connect(found));
      } catch (UnknownHostException e) {
        loop.execute(() -> fail(false, "the name " + address.getHostString() + " is not known"));
      }
    }

    private void connect(InetSocketAddress address) {
      if (over) {
        return;
      }
      try {
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        opened.configureBlocking(false);
        if (opened.connect(address)) {
          loop.execute(this::connected);
        } else {
          loop.watch(opened, SelectionKey.OP_CONNECT, this);
        }
      } catch (IOException | RuntimeException e) {
        loop.execute(() -> fail(false, String.valueOf(e.getMessage())));
      }
    }

    @Override
    public void ready(int ops) {
      connected();
    }

    private void connected() {
      SocketChannel opened = channel;
      if (over || opened == null) {
        return;
      }
      ChannelLink link;
      try {
        opened.finishConnect();
        link = link(opened);
      } catch (IOException e) {
        fail(false, String.valueOf(e.getMessage()));
        return;
      }
      over = true;
      deadlines.clear(this);
      link.events(dialed.connected(link));
    }

    @Override
    public void failed(Throwable why) {
      fail(false, "an error of the gateway");
    }

    @Override
    protected void expired() {
      fail(true, "no connection within " + timeout.toMillis() + " ms");
    }

    private void fail(boolean timedOut, String why) {
      if (over) {
        return;
      }
      over = true;
      deadlines.clear(this);
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        LOG.debug("closing what did not connect", e);
      }
      dialed.failed(timedOut, why);
    }
  }
}
