package dev.sluice.edge;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where the bytes of a connection go as they are.
 *
 * @param name for people: {@code namespace/service:port}
 * @param endpoints in the order they are tried; names are looked up
 * @param readsProxy whether the client begins with a header of the PROXY protocol
 * @param writesProxy whether the endpoint is sent one
 */
public record Onward(
    String name, List<InetSocketAddress> endpoints, boolean readsProxy, boolean writesProxy) {}
