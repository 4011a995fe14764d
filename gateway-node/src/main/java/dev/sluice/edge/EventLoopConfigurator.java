package dev.sluice.edge;

import akka.actor.setup.Setup;
import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Runs a dispatcher on the {@link EventLoop} that its actor system was set up with. Named in reference.conf as the
 * executor of every dispatcher of a worker's actor system.
 */
public final class EventLoopConfigurator extends ExecutorServiceConfigurator {
  /** Gives an actor system its event loop. */
  static final class LoopSetup extends Setup {
    private final EventLoop loop;

    LoopSetup(EventLoop loop) {
      this.loop = loop;
    }
  }

  private final EventLoop loop;

  /** Called by Akka. */
  public EventLoopConfigurator(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    this.loop = prerequisites
        .settings()
        .setup()
        .get(LoopSetup.class)
        .orElseThrow(
            () -> new IllegalStateException("this actor system was started without an event loop"))
        .loop;
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(
      String id, ThreadFactory threadFactory) {
    return () -> new Share(loop);
  }

  /** One dispatcher's share of the loop. Akka shuts a dispatcher down when it has been idle; the loop goes on. */
  private static final class Share extends AbstractExecutorService {
    private final EventLoop loop;
    private volatile boolean shutdown;

    Share(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public void execute(Runnable task) {
      loop.execute(task);
    }

    @Override
    public void shutdown() {
      shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      shutdown = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return shutdown;
    }

    @Override
    public boolean isTerminated() {
      return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return shutdown;
    }
  }
}
