package dev.sluice.proxy;

import dev.sluice.upstream.Upstreams;

/** What the requests of one worker share. */
record ProxyScope(Upstreams upstreams, EndpointChoice endpoints, ProxySettings settings) {}
