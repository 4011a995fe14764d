package dev.sluice.edge;

import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a node, one per core and each an actor system of its own on one event loop. They share nothing but
 * the ports they listen on: the kernel deals new connections out among them.
 */
public final class Workers {
  private record Running(
      ActorSystem system, ActorRef worker, @Nullable EventLoop loop) {}

  private final List<Running> running;
  private final ConnectionCounts counts;

  private Workers(List<Running> running, ConnectionCounts counts) {
    this.running = running;
    this.counts = counts;
  }

  /**
   * Starts listening.
   *
   * @param config the node's whole configuration; the workers' Akka settings are under {@code sluice.worker}
   * @return completes when all ports are open, or fails with an IOException that names the address
   */
  public static CompletionStage<Workers> start(
      EdgeSettings settings, Config config, TlsEngines tls, ServiceFactory services) {
    try {
      refuseTakenPorts(settings);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    List<Running> running = new ArrayList<>();
    List<CompletableFuture<Void>> bound = new ArrayList<>();
    ConnectionCounts counts = new ConnectionCounts();
    for (int i = 0; i < settings.workers(); i++) {
      String name = "sluice-edge-" + i;
      EventLoop loop = settings.eventLoop() ? new EventLoop(name) : null;
      Config akka =
          config.getConfig(loop != null ? "sluice.worker.event-loop" : "sluice.worker.fork-join");
      BootstrapSetup bootstrap =
          BootstrapSetup.create(akka.withFallback(ConfigFactory.defaultReference()));
      ActorSystem system = ActorSystem.create(
          name,
          loop == null
              ? ActorSystemSetup.create(bootstrap)
              : ActorSystemSetup.create(bootstrap, new EventLoopConfigurator.LoopSetup(loop)));
      CompletableFuture<Void> ready = new CompletableFuture<>();
      running.add(new Running(
          system,
          system.actorOf(Worker.props(settings, loop, tls, services, counts, ready), "worker"),
          loop));
      bound.add(ready);
    }
    Workers workers = new Workers(running, counts);
    return CompletableFuture.allOf(bound.toArray(CompletableFuture[]::new))
        .thenApply(done -> workers)
        .exceptionallyCompose(failure -> workers
            .stop(Duration.ZERO)
            .thenCompose(ended -> CompletableFuture.failedFuture(failure)));
  }

  public ConnectionCounts connections() {
    return counts;
  }

  /**
   * With SO_REUSEPORT a second process would silently get a share of the first one's connections. A bind without it
   * fails while anyone listens.
   */
  private static void refuseTakenPorts(EdgeSettings settings) throws IOException {
    for (int port : List.of(settings.port(), settings.tlsPort())) {
      InetSocketAddress address = new InetSocketAddress(settings.host(), port);
      try (ServerSocket probe = new ServerSocket()) {
        probe.setReuseAddress(true);
        probe.bind(address);
      } catch (IOException e) {
        throw new IOException(
            "can't listen on " + settings.host() + ":" + port + ": " + e.getMessage(), e);
      }
    }
  }

  /**
   * Stops listening, waits for running requests, then breaks off what is left.
   *
   * @param patience how long running requests may take
   */
  public CompletionStage<Void> stop(Duration patience) {
    CompletableFuture<?>[] drained = running.stream()
        .map(one -> {
          CompletableFuture<Void> done = new CompletableFuture<>();
          one.worker().tell(new Worker.Drain(done), ActorRef.noSender());
          return done;
        })
        .toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(drained)
        .completeOnTimeout(null, patience.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
        .thenCompose(done -> end());
  }

  private CompletionStage<Void> end() {
    CompletableFuture<?>[] ended = running.stream()
        .map(one -> {
          one.worker().tell(new Worker.Abort(), ActorRef.noSender());
          one.system().terminate();
          return one.system().getWhenTerminated().whenComplete((done, failure) -> {
            if (one.loop() != null) {
              one.loop().close();
            }
          });
        })
        .map(CompletionStage::toCompletableFuture)
        .toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(ended);
  }
}
