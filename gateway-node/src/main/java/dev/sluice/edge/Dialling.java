package dev.sluice.edge;

import akka.actor.ActorRef;
import akka.actor.PoisonPill;
import akka.actor.Props;
import akka.actor.UntypedAbstractActor;
import akka.io.Tcp;
import akka.io.TcpMessage;
import dev.sluice.wire.Dialer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** One attempt to connect. Lives until it is known, so that the answer finds the attempt it belongs to. */
final class Dialling extends UntypedAbstractActor {
  private final AkkaSockets owner;
  private final ActorRef worker;
  private final InetSocketAddress address;
  private final Duration timeout;
  private final Dialer.Dialed dialed;

  Dialling(
      AkkaSockets owner,
      ActorRef worker,
      InetSocketAddress address,
      Duration timeout,
      Dialer.Dialed dialed) {
    this.owner = owner;
    this.worker = worker;
    this.address = address;
    this.timeout = timeout;
    this.dialed = dialed;
  }

  static Props props(
      AkkaSockets owner,
      ActorRef worker,
      InetSocketAddress address,
      Duration timeout,
      Dialer.Dialed dialed) {
    return Props.create(
        Dialling.class, () -> new Dialling(owner, worker, address, timeout, dialed));
  }

  @Override
  public void preStart() {
    Tcp.get(getContext().getSystem())
        .manager()
        .tell(TcpMessage.connect(address, null, List.of(), timeout, false), getSelf());
  }

  @Override
  public void onReceive(Object message) {
    if (message instanceof Tcp.Connected) {
      ActorRef connection = getSender();
      // The connection watches this actor until the worker has registered, and would die with it.
      ActorRef self = getSelf();
      tellWorker(() -> {
        owner.opened(connection, dialed);
        self.tell(PoisonPill.getInstance(), worker);
      });
    } else if (message instanceof Tcp.CommandFailed failed) {
      Throwable cause = failed.cause().isDefined() ? failed.cause().get() : null;
      boolean timedOut =
          cause != null && String.valueOf(cause.getMessage()).startsWith("Connect timeout");
      tellWorker(() -> dialed.failed(
          timedOut, cause == null ? "connect failed" : String.valueOf(cause.getMessage())));
      getContext().stop(getSelf());
    }
  }

  private void tellWorker(Runnable task) {
    worker.tell(task, getSelf());
  }
}
