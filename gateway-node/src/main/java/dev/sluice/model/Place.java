package dev.sluice.model;

import dev.sluice.ingress.ModelLimit;
import dev.sluice.model.gate.GateAnswer;
import dev.sluice.model.gate.GatePass;
import dev.sluice.proxy.Refusal;
import dev.sluice.wire.Deadlines;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A place at a target that takes only so much: asked for, perhaps waited for, held until it is given back. To be used on the worker
 * of its call, where all is told.
 */
final class Place {
  /** Field of answers: how many were to go in up to this one, itself included, when it came. */
  static final String POSITION = "x-sluice-queue-position";

  private static final Duration SOON = Duration.ofSeconds(1);

  /** Twice this is longer than a round of a worker. */
  private static final Duration CLOSING = Duration.ofMillis(10);

  /** What becomes of it: one of the first three, and after {@link #in} perhaps the last. Nothing after it was given back. */
  interface Events {
    /** @param position that it had in the queue when it came; 0 if it did not wait */
    void in(Place place, int position);

    /** There is none, or it was waited for too long. */
    void out(Place place, int position, Duration retryAfter);

    /** Nobody can say whether there is one. */
    void unknown(Place place);

    /** It may be another call's now. */
    void lost(Place place);
  }

  private final ModelGateway gateway;
  private final String provider;
  private final ModelLimit limit;
  private final boolean patient;
  private final Events events;
  private final long startNanos = System.nanoTime();
  private final Timer timer = new Timer();
  private @Nullable GatePass pass;
  private boolean inside;
  private boolean over;

  /**
   * @param provider {@code namespace/name}
   * @param patient whether the call waits if there is none
   */
  Place(ModelGateway gateway, String provider, ModelLimit limit, boolean patient, Events events) {
    this.gateway = gateway;
    this.provider = provider;
    this.limit = limit;
    this.patient = patient;
    this.events = events;
  }

  ModelLimit limit() {
    return limit;
  }

  boolean patient() {
    return patient;
  }

  /** @param bounds of the call */
  void ask(String tenant, CallBounds bounds) {
    Duration most = gateway.gates().settings().answerTimeout();
    Duration wait = patient ? limit.queue().longest().plus(most) : most;
    gateway.scope().deadlines().set(timer, wait.toNanos());
    long tokens = bounds.input() + bounds.output();
    pass = gateway.gates().ask(provider, limit, tenant, tokens, patient, new Told());
  }

  /** It is given back, or is not waited for any more. A second time changes nothing. */
  void over() {
    over = true;
    gateway.scope().deadlines().clear(timer);
    if (pass != null) {
      pass.over();
      if (!inside) {
        pass.used(0);
      }
    }
  }

  /**
   * The same of a call.
   *
   * @param cancelled whether it was given up: its connection is closed when the worker next looks at its sockets, and until then
   *     the target still has it
   */
  void over(boolean cancelled) {
    if (cancelled) {
      gateway.scope().after(CLOSING, () -> gateway.scope().after(CLOSING, this::over));
    } else {
      over();
    }
  }

  /** What the call has used. Once, after it was inside; may be after it is over. */
  void used(long tokens) {
    if (pass != null) {
      pass.used(tokens);
    }
  }

  /** Why a call is refused that waited, or would have had to. */
  Refusal refusal(int position, Duration retryAfter) {
    Duration longest = limit.queue().longest();
    boolean tooLong = System.nanoTime() - startNanos >= longest.toNanos();
    String why = tooLong
        ? "the call has waited for " + longest.toMillis()
            + " ms for its turn at the model's provider, and is number " + position
        : "too many calls wait for the model's provider already: this one would be number "
            + position;
    return limit.timeless()
        ? new Refusal.Busy(503, why, "target_busy", retryAfter)
        : new Refusal.Busy(429, why, "rate_limit_exceeded", retryAfter);
  }

  static Refusal unknownRefusal() {
    return new Refusal.Busy(
        503,
        "whether the model's provider has room can't be found out right now",
        "limit_unavailable",
        SOON);
  }

  private void in(int position) {
    if (over) {
      return;
    }
    inside = true;
    gateway.log().queued(limit.id(provider), System.nanoTime() - startNanos);
    timer.watch();
    events.in(this, position);
  }

  private void end(Runnable told) {
    if (!over) {
      over();
      told.run();
    }
  }

  /** Told on any thread. */
  private final class Told implements GateAnswer {
    private void onWorker(Runnable told) {
      gateway.scope().execute(told);
    }

    @Override
    public void in(int position) {
      onWorker(() -> Place.this.in(position));
    }

    @Override
    public void out(int position, Duration retryAfter) {
      onWorker(() -> end(() -> events.out(Place.this, position, retryAfter)));
    }

    @Override
    public void unknown() {
      onWorker(() -> end(() -> events.unknown(Place.this)));
    }

    @Override
    public void lost() {
      onWorker(() -> end(() -> events.lost(Place.this)));
    }
  }

  /** No answer comes; or, later, it is kept no longer. */
  private final class Timer extends Deadlines.Deadline {
    void watch() {
      GatePass held = pass;
      long left = held == null ? 0 : held.leftNanos();
      gateway.scope().deadlines().set(this, Math.max(1, left));
    }

    @Override
    protected void expired() {
      GatePass held = pass;
      if (!inside) {
        end(() -> events.unknown(Place.this));
      } else if (held != null && held.leftNanos() > 0) {
        watch();
      } else {
        end(() -> events.lost(Place.this));
      }
    }
  }
}
