package dev.sluice.model;

import dev.sluice.ingress.ModelLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of one call to targets that take only so much: into the first that has room, else into the queue of the one where it is
 * shortest. To be used on the call's worker.
 */
final class Entrance implements Place.Events {
  /** No place in a queue is known. */
  private static final int UNKNOWN = Integer.MAX_VALUE;

  /** A target that had no room. */
  private record Full(Attempts.Ready ready, ModelLimit limit, int position) {}

  private final ModelCall call;
  private final ModelRequest asked;
  private final Attempts attempts;
  private final List<Full> full = new ArrayList<>();
  private @Nullable Place asking;
  private Attempts.@Nullable Ready ready;

  Entrance(ModelCall call, ModelRequest asked, Attempts attempts) {
    this.call = call;
    this.asked = asked;
    this.attempts = attempts;
  }

  /** Asks whether a target has room; waits there if there is no other. */
  void ask(Attempts.Ready next, ModelLimit limit) {
    begin(next, limit, attempts.isOnly());
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

  private void begin(Attempts.Ready next, ModelLimit limit, boolean patient) {
    String provider = next.candidate().declared().provider().name();
    Place place = new Place(asked.gateway(), provider, limit, patient, this);
    asking = place;
    ready = next;
    place.ask(asked.spender().tenant(), next.candidate().bounds());
  }

  /** The call is over: it waits no more. What is inside ends with its attempt. */
  void leave() {
    Place waiting = asking;
    asking = null;
    if (waiting != null) {
      waiting.over();
    }
  }

  @Override
  public void in(Place place, int position) {
    Attempts.Ready next = ready;
    asking = null;
    if (next == null || !attempts.begin(next)) {
      place.over();
      place.used(0);
      call.attempt();
      return;
    }
    attempts.entered(place, position);
    call.ask(next);
  }

  @Override
  public void out(Place place, int position, Duration retryAfter) {
    Attempts.Ready next = ready;
    asking = null;
    if (place.patient() || next == null) {
      call.refuse(place.refusal(position, retryAfter), position);
    } else {
      full.add(new Full(next, place.limit(), position));
      attempts.passOver(next);
      call.attempt();
    }
  }

  @Override
  public void unknown(Place place) {
    if (place.patient()) {
      asking = null;
      call.refuse(Place.unknownRefusal(), 0);
    } else {
      out(place, UNKNOWN, Duration.ZERO);
    }
  }

  @Override
  public void lost(Place place) {
    if (attempts.isIn(place)) {
      attempts.blameNobody();
      call.lostPlace();
    }
  }
}
