package dev.sluice.ingress;

import java.time.Duration;

/**
 * How long, and how often, a model call looks for somebody who answers it.
 *
 * @param attempts most targets or keys that are asked for one call; 1 for no fallback
 * @param deadline after which nobody else is asked
 * @param firstToken how long a target may take to begin a stream while another could be asked; zero for any time
 */
public record ModelFallback(int attempts, Duration deadline, Duration firstToken) {
  public static final ModelFallback DEFAULT =
      new ModelFallback(3, Duration.ofMinutes(3), Duration.ZERO);
}
