package dev.sluice.upstream;

import dev.sluice.upstream.UpstreamFailure.Kind;
import dev.sluice.wire.Deadlines;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls that wait for a connection of one pool, in the order they came, and none of them for ever. */
final class WaitingCalls {
  private final Origin origin;
  private final Deadlines deadlines;
  private final Duration longest;
  private final Deque<One> calls = new ArrayDeque<>(2);

  /** @param longest above it, and the time for a connect, a call fails */
  WaitingCalls(Origin origin, Deadlines deadlines, Duration longest) {
    this.origin = origin;
    this.deadlines = deadlines;
    this.longest = longest;
  }

  private final class One extends Deadlines.Deadline {
    private final UpstreamEvents call;

    One(UpstreamEvents call) {
      this.call = call;
    }

    @Override
    protected void expired() {
      if (calls.remove(this)) {
        call.failed(new UpstreamFailure(
            Kind.OVERLOADED, "no connection to " + origin + " came free in time"));
      }
    }
  }

  int size() {
    return calls.size();
  }

  /** @param connectTimeout for a connection that may be opened for it: so much longer may it wait */
  void add(UpstreamEvents call, Duration connectTimeout) {
    One one = new One(call);
    calls.addLast(one);
    deadlines.set(one, longest.plus(connectTimeout).toNanos());
  }

  /** The one that has waited longest, which from now on does not; null if none waits. */
  @Nullable
  UpstreamEvents next() {
    One one = calls.pollFirst();
    if (one == null) {
      return null;
    }
    deadlines.clear(one);
    return one.call;
  }

  /** All of them, and none waits any longer. */
  List<UpstreamEvents> all() {
    List<UpstreamEvents> all = new ArrayList<>(calls.size());
    for (UpstreamEvents one = next(); one != null; one = next()) {
      all.add(one);
    }
    return all;
  }

  /** The call is given up. */
  void remove(UpstreamEvents call) {
    for (One one : calls) {
      if (one.call == call) {
        deadlines.clear(one);
        calls.remove(one);
        return;
      }
    }
  }
}
