package dev.sluice.ingress;

import java.time.Duration;

/**
 * How answers are kept for callers of the same tenant who ask the very same again.
 *
 * @param ttl how long
 * @param mostBytes longest body that is kept
 */
public record ModelCache(Duration ttl, int mostBytes) {
  public static final int DEFAULT_MOST_BYTES = 256 * 1024;
}
