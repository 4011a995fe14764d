package dev.sluice.model;

import dev.sluice.ingress.ModelLimit;
import dev.sluice.model.gate.GateAnswer;
import dev.sluice.model.gate.GatePass;
import dev.sluice.proxy.Refusal;
import dev.sluice.wire.Deadlines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of one call to targets that take only so much: into the first that has room, else into the queue of the one where it is
 * shortest. To be used on the call's worker.
 */
final class Entrance {
  /** Field of answers: how many were to go in up to this one, itself included, when it came. */
  static final String POSITION = "x-sluice-queue-position";

  /** No place in a queue is known. */
  private static final int UNKNOWN = Integer.MAX_VALUE;

  private static final Duration SOON = Duration.ofSeconds(1);

  /** A target that had no room. */
  private record Full(Attempts.Ready ready, ModelLimit limit, int position) {}

  private final ModelCall call;
  private final ModelRequest asked;
  private final Attempts attempts;
  private final List<Full> full = new ArrayList<>();
  private final Timer timer = new Timer();
  private @Nullable Attempt asking;

  Entrance(ModelCall call, ModelRequest asked, Attempts attempts) {
    this.call = call;
    this.asked = asked;
    this.attempts = attempts;
  }

  /** Asks whether a target has room; waits there if there is no other. */
  void ask(Attempts.Ready ready, ModelLimit limit) {
    begin(ready, limit, attempts.isOnly());
  }

  /** Nobody is left who has room. @return whether it waits for one who has none */
  boolean queue() {
    Full best = full.stream().min(Comparator.comparingInt(Full::position)).orElse(null);
    if (best == null) {
      return false;
    }
    full.clear();
    attempts.readmit();
    begin(best.ready(), best.limit(), true);
    return true;
  }

  private void begin(Attempts.Ready ready, ModelLimit limit, boolean patient) {
    Attempt begun = new Attempt(ready, limit, patient);
    asking = begun;
    Duration most = asked.gateway().gates().settings().answerTimeout();
    Duration wait = patient ? limit.queue().longest().plus(most) : most;
    asked.gateway().scope().deadlines().set(timer, wait.toNanos());
    CallBounds bounds = ready.candidate().bounds();
    begun.pass = asked
        .gateway()
        .gates()
        .ask(
            ready.candidate().declared().provider().name(),
            limit,
            asked.spender().tenant(),
            bounds.input() + bounds.output(),
            patient,
            begun);
  }

  /** The call is over: it waits no more. What is inside ends with its attempt. */
  void leave() {
    asked.gateway().scope().deadlines().clear(timer);
    Attempt waiting = asking;
    asking = null;
    if (waiting != null && !waiting.inside) {
      waiting.end();
    }
  }

  private void in(Attempt attempt, int position) {
    if (attempt != asking || call.over()) {
      attempt.end();
      return;
    }
    attempt.inside = true;
    asked.gateway().log().queued(attempt.limitId(), System.nanoTime() - attempt.startNanos);
    GatePass pass = attempt.pass;
    if (pass == null || !attempts.begin(attempt.ready)) {
      attempt.end();
      asking = null;
      call.attempt();
      return;
    }
    attempts.entered(pass, position);
    timer.watch(pass);
    call.ask(attempt.ready);
  }

  private void out(Attempt attempt, int position, Duration retryAfter) {
    if (attempt != asking || call.over()) {
      return;
    }
    asking = null;
    asked.gateway().scope().deadlines().clear(timer);
    if (attempt.patient) {
      refuse(attempt, position, retryAfter);
    } else {
      full.add(new Full(attempt.ready, attempt.limit, position));
      attempts.passOver(attempt.ready);
      call.attempt();
    }
  }

  private void refuse(Attempt attempt, int position, Duration retryAfter) {
    String code = attempt.limit.timeless() ? "target_busy" : "rate_limit_exceeded";
    int status = attempt.limit.timeless() ? 503 : 429;
    long waited = System.nanoTime() - attempt.startNanos;
    boolean tooLong = waited >= attempt.limit.queue().longest().toNanos();
    String why = tooLong
        ? "the call has waited for " + attempt.limit.queue().longest().toSeconds()
            + " s for its turn at the model's provider, and is number " + position
        : "too many calls wait for the model's provider already: this one would be number "
            + position;
    call.refuse(new Refusal.Busy(status, why, code, retryAfter), position);
  }

  private void unknown(Attempt attempt) {
    if (attempt != asking || call.over()) {
      attempt.end();
      return;
    }
    attempt.end();
    if (attempt.patient) {
      asking = null;
      call.refuse(
          new Refusal.Busy(
              503,
              "whether the model's provider has room can't be found out right now",
              "limit_unavailable",
              SOON),
          0);
    } else {
      out(attempt, UNKNOWN, SOON);
    }
  }

  private void lost(@Nullable GatePass pass) {
    if (pass != null && attempts.isIn(pass)) {
      attempts.blameNobody();
      call.lostPlace();
    }
  }

  /** One question to a gate. */
  private final class Attempt implements GateAnswer {
    private final Attempts.Ready ready;
    private final ModelLimit limit;
    private final boolean patient;
    private final long startNanos = System.nanoTime();
    private @Nullable GatePass pass;
    private boolean inside;

    Attempt(Attempts.Ready ready, ModelLimit limit, boolean patient) {
      this.ready = ready;
      this.limit = limit;
      this.patient = patient;
    }

    private String limitId() {
      return limit.id(ready.candidate().declared().provider().name());
    }

    private void end() {
      if (pass != null) {
        pass.over();
      }
    }

    @Override
    public void in(int position) {
      asked.gateway().scope().execute(() -> Entrance.this.in(this, position));
    }

    @Override
    public void out(int position, Duration retryAfter) {
      asked.gateway().scope().execute(() -> Entrance.this.out(this, position, retryAfter));
    }

    @Override
    public void unknown() {
      asked.gateway().scope().execute(() -> Entrance.this.unknown(this));
    }

    @Override
    public void lost() {
      asked.gateway().scope().execute(() -> Entrance.this.lost(pass));
    }
  }

  /** No answer comes; or, later, a place is kept no longer. */
  private final class Timer extends Deadlines.Deadline {
    private @Nullable GatePass watched;

    void watch(GatePass pass) {
      watched = pass;
      asked.gateway().scope().deadlines().set(this, Math.max(1, pass.leftNanos()));
    }

    @Override
    protected void expired() {
      Attempt waiting = asking;
      GatePass pass = watched;
      if (waiting != null && !waiting.inside) {
        unknown(waiting);
      } else if (pass != null && attempts.isIn(pass)) {
        if (pass.leftNanos() > 0) {
          watch(pass);
        } else {
          lost(pass);
        }
      }
    }
  }
}
