package dev.sluice.ingress.kube;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.Problem;
import java.util.List;
import java.util.Map;

/**
 * All that is declared at one moment. What did not change since the listing before is the same instance.
 *
 * @param problems of objects that could not be read at all
 * @param seen up to where the source has been read: versions of the API server by kind, or how often a folder was looked
 *     at. May be all that is new
 */
public record Listing(
    List<Declaration> declared, List<Problem> problems, Map<String, String> seen) {
  /** One that does not know up to where. */
  public Listing(List<Declaration> declared, List<Problem> problems) {
    this(declared, problems, Map.of());
  }

  /** The same, read up to there. */
  Listing upTo(Map<String, String> seen) {
    return new Listing(declared, problems, Map.copyOf(seen));
  }

  /** Whether nothing is declared other than in that one. */
  public boolean saysTheSameAs(Listing other) {
    return declared.equals(other.declared) && problems.equals(other.problems);
  }
}
