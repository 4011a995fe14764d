package dev.sluice.model.route;

import java.time.Duration;

/**
 * How long what is told of targets counts.
 *
 * @param room what a provider says of its limits without saying when they reset
 * @param longestRoom what it says with that, at most
 * @param backlog what a server says of its backlog
 */
public record Lasts(Duration room, Duration longestRoom, Duration backlog) {}
