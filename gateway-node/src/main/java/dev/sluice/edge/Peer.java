package dev.sluice.edge;

import java.net.InetSocketAddress;

/**
 * Who is at the other end of a connection that a client opened.
 *
 * @param localPort that the client connected to
 * @param secure whether it came over TLS
 */
record Peer(InetSocketAddress client, int localPort, boolean secure) {}
