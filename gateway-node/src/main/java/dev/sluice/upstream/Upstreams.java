package dev.sluice.upstream;

import dev.sluice.wire.Deadlines;
import dev.sluice.wire.Dialer;
import dev.sluice.wire.HeadWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;

/** All connections of one worker to upstreams. Used on that worker only. */
public final class Upstreams {
  private final UpstreamSettings settings;
  private final Dialer dialer;
  private final Deadlines deadlines;
  private final Function<Origin, SSLEngine> engines;
  private final HeadWriter heads = new HeadWriter();
  private final Map<Origin, Pool> pools = new HashMap<>();

  /** @param engines makes the TLS engine of a new connection to an origin that has a TLS name */
  public Upstreams(
      UpstreamSettings settings,
      Dialer dialer,
      Deadlines deadlines,
      Function<Origin, SSLEngine> engines) {
    this.settings = settings;
    this.dialer = dialer;
    this.deadlines = deadlines;
    this.engines = engines;
  }

  /** Gives the call a connection, at once or later, or fails it. */
  public void call(Origin origin, Duration connectTimeout, UpstreamEvents call) {
    pools.computeIfAbsent(origin, this::open).call(connectTimeout, call);
  }

  /** A call that has no connection yet is given up; it hears nothing more. */
  public void cancel(Origin origin, UpstreamEvents call) {
    Pool pool = pools.get(origin);
    if (pool != null) {
      pool.cancel(call);
    }
  }

  private Pool open(Origin origin) {
    Runnable whenUnused = () -> pools.remove(origin);
    return origin.http2()
        ? new Http2Pool(origin, settings, dialer, deadlines, engines, whenUnused)
        : new Http1Pool(origin, settings, dialer, deadlines, heads, engines, whenUnused);
  }
}
