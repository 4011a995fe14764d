package dev.sluice.edge;

import akka.actor.ActorRef;
import akka.actor.Props;
import akka.actor.ReceiveTimeout;
import akka.actor.UntypedAbstractActor;
import akka.io.UdpConnected;
import akka.io.UdpConnectedMessage;
import akka.io.UdpMessage;
import akka.util.ByteString;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes the datagrams of one client on to one endpoint, and its answers back. Over once there were as many answers as are
 * expected, or nothing was said for a while. Lives on its worker's thread.
 */
final class DatagramSession extends UntypedAbstractActor {
  /** One datagram of the client. */
  record Datagram(ByteString bytes) {}

  private static final int REACHED = 200;
  private static final int UNREACHED = 502;
  /** Those that come while the socket is being opened. */
  private static final int MOST_WAITING = 64;

  private final InetSocketAddress client;
  private final InetSocketAddress local;
  private final ActorRef listener;
  private final Onward to;
  private final StreamSettings settings;
  private final Consumer<PassedOn> whenOver;
  private final long beganNanos = System.nanoTime();
  private final Queue<ByteString> waiting = new ArrayDeque<>();
  private @Nullable ActorRef socket;
  private @Nullable String note;
  private long receivedBytes;
  private long sentBytes;
  private long asked;
  private long answered;

  DatagramSession(
      InetSocketAddress client,
      InetSocketAddress local,
      ActorRef listener,
      Onward to,
      StreamSettings settings,
      Consumer<PassedOn> whenOver) {
    this.client = client;
    this.local = local;
    this.listener = listener;
    this.to = to;
    this.settings = settings;
    this.whenOver = whenOver;
  }

  /**
   * A session.
   *
   * @param local address that the client sends to
   * @param listener by whose socket the client is answered
   * @param whenOver called once
   */
  static Props props(
      InetSocketAddress client,
      InetSocketAddress local,
      ActorRef listener,
      Onward to,
      StreamSettings settings,
      Consumer<PassedOn> whenOver) {
    return Props.create(
        DatagramSession.class,
        () -> new DatagramSession(client, local, listener, to, settings, whenOver));
  }

  @Override
  public void preStart() {
    if (to.endpoints().isEmpty()) {
      end("no endpoint is ready");
      return;
    }
    getContext().setReceiveTimeout(settings.idleTimeout());
    UdpConnected.get(getContext().getSystem())
        .manager()
        .tell(
            UdpConnectedMessage.connect(getSelf(), to.endpoints().get(0), null, List.of()),
            getSelf());
  }

  @Override
  public void onReceive(Object message) {
    if (message instanceof Datagram datagram) {
      asked++;
      receivedBytes += datagram.bytes().size();
      if (socket != null) {
        socket.tell(UdpConnectedMessage.send(datagram.bytes()), getSelf());
      } else if (waiting.size() < MOST_WAITING) {
        waiting.add(datagram.bytes());
      }
    } else if (message instanceof UdpConnected.Received received) {
      answered++;
      sentBytes += received.data().size();
      listener.tell(UdpMessage.send(received.data(), client), getSelf());
      if (settings.answers() > 0 && answered >= asked * settings.answers()) {
        end(null);
      }
    } else if (message instanceof UdpConnected.Connected) {
      socket = getSender();
      for (ByteString one = waiting.poll(); one != null; one = waiting.poll()) {
        socket.tell(UdpConnectedMessage.send(one), getSelf());
      }
    } else if (message instanceof UdpConnected.CommandFailed) {
      end(to.endpoints().get(0) + " can't be reached");
    } else if (message instanceof ReceiveTimeout) {
      end(answered == 0 ? "no answer" : null);
    } else if (message instanceof UdpConnected.Disconnected) {
      getContext().stop(getSelf());
    }
  }

  private void end(@Nullable String why) {
    note = why;
    getContext().stop(getSelf());
  }

  @Override
  public void postStop() {
    boolean reached = socket != null;
    if (socket != null) {
      socket.tell(UdpConnectedMessage.disconnect(), ActorRef.noSender());
    }
    whenOver.accept(new PassedOn(
        "UDP",
        to.name(),
        "",
        client,
        local.getPort(),
        reached ? to.endpoints().get(0) : null,
        reached ? REACHED : UNREACHED,
        receivedBytes,
        sentBytes,
        System.nanoTime() - beganNanos,
        note));
  }
}
