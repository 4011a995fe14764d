package dev.sluice.ingress;

import java.time.Duration;

/**
 * How a provider is asked whether it is there, without a prompt.
 *
 * @param every how often
 * @param path at its server, with a leading slash; empty for its list of models
 */
public record ModelProbe(Duration every, String path) {}
