package dev.sluice.upstream;

import java.time.Duration;

/**
 * Limits of connections to upstreams, from {@code sluice.upstream} in reference.conf.
 *
 * @param connections most connections of one worker to one origin, at least 1
 * @param waiting most requests of one worker that wait for a connection to one origin, at least 0
 * @param headBytes longest response head
 * @param headFields most fields of a response head
 */
public record UpstreamSettings(
    int connections,
    int waiting,
    Duration connectTimeout,
    Duration idleTimeout,
    int headBytes,
    int headFields) {}
