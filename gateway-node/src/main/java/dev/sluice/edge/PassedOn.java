package dev.sluice.edge;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was passed on as it is, or the datagrams of one client, once it is over.
 *
 * @param protocol TCP, or UDP for the datagrams of one client
 * @param name where it went, for people: {@code namespace/service:port}
 * @param host that its TLS named; empty for TCP services
 * @param port that the client connected to
 * @param endpoint that was reached, or null
 * @param status as nginx counts them: 200, or 400 for a client that did not say who it is, 502 if no endpoint was reached
 * @param receivedBytes from the client
 * @param sentBytes to the client
 * @param nanos from its beginning to its end
 * @param note why it ended, other than by one side's wish; null if it ended so
 */
public record PassedOn(
    String protocol,
    String name,
    String host,
    InetSocketAddress client,
    int port,
    @Nullable InetSocketAddress endpoint,
    int status,
    long receivedBytes,
    long sentBytes,
    long nanos,
    @Nullable String note) {}
