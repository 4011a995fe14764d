package dev.sluice.proxy;

import dev.sluice.edge.WorkerScope;
import dev.sluice.upstream.Upstreams;

/** What the requests of one worker share, and what they share with those of others. */
record ProxyScope(
    Upstreams upstreams,
    EndpointChoice endpoints,
    ProxySettings settings,
    NodeMemory memory,
    RetryBudget retries,
    WorkerScope worker) {}
