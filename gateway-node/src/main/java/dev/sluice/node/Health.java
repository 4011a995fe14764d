package dev.sluice.node;

import akka.actor.ActorSystem;
import akka.actor.setup.Setup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Readiness, as Akka Management asks for it: this node takes ordinary traffic. That it has lost its cluster or its
 * database is no reason to take it out, because ordinary traffic does not depend on them.
 */
public final class Health implements Supplier<CompletionStage<Boolean>> {
  /** Gives an actor system the answer to the question whether the node is ready. */
  static final class Readiness extends Setup {
    private final BooleanSupplier ready;

    Readiness(BooleanSupplier ready) {
      this.ready = ready;
    }
  }

  private final BooleanSupplier ready;

  /** Called by Akka Management. */
  public Health(ActorSystem system) {
    this.ready = system
        .settings()
        .setup()
        .get(Readiness.class)
        .map(setup -> setup.ready)
        .orElse(() -> false);
  }

  @Override
  public CompletionStage<Boolean> get() {
    return CompletableFuture.completedFuture(ready.getAsBoolean());
  }
}
