package dev.sluice.node;

import java.util.HashMap;
import java.util.Map;
import kamon.Kamon;
import kamon.metric.Counter;
import kamon.metric.Histogram;
import kamon.metric.MeasurementUnit;
import org.jspecify.annotations.Nullable;

/** The instruments of a route, which hear of its tally. Made when there is something to hear. */
final class RouteInstruments implements RouteTally.Told {
  private final String route;
  private final RouteTally tally = new RouteTally();
  private final Map<Integer, Counter> requests = new HashMap<>();
  private @Nullable Histogram time;

  RouteInstruments(String route) {
    this.route = route;
  }

  RouteTally tally() {
    return tally;
  }

  /** On one thread at a time. */
  void look() {
    tally.tell(this);
  }

  @Override
  public void requests(int status, long count) {
    requests
        .computeIfAbsent(
            status,
            none -> Kamon.counter("sluice.requests")
                .withTag("route", route)
                .withTag("status", status == 0 ? "none" : Integer.toString(status)))
        .increment(count);
  }

  @Override
  public void times(long nanos, long count) {
    Histogram known = time;
    if (known == null) {
      known = Kamon.histogram("sluice.request.time", MeasurementUnit.time().nanoseconds())
          .withTag("route", route);
      time = known;
    }
    known.record(nanos, count);
  }
}
