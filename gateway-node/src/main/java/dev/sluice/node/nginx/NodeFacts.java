package dev.sluice.node.nginx;

import java.time.Instant;
import java.util.Map;

/**
 * How a node stands.
 *
 * @param table a number that is equal for equal route tables
 * @param changes how many tables there have been
 * @param changedAt when the last one was made; the epoch if there was none
 * @param certificateEnds by host, {@code ""} for all others
 * @param openConnections of clients
 * @param acceptedConnections of clients, since the start
 * @param requests since the start
 */
public record NodeFacts(
    long table,
    long changes,
    Instant changedAt,
    Map<String, Instant> certificateEnds,
    long openConnections,
    long acceptedConnections,
    long requests) {}
