package dev.sluice.ingress.kube;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.Problem;
import java.util.List;

/**
 * All that is declared at one moment. What did not change since the listing before is the same instance.
 *
 * @param problems of objects that could not be read at all
 */
public record Listing(List<Declaration> declared, List<Problem> problems) {}
