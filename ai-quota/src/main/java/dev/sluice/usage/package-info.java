/**
 * The usage ledger: what was used, by whom, of which model, by the hour, for a year. Nodes count in memory and add to the
 * database in batches; a batch that is sent again is not added again.
 *
 * <p>Decides nothing: limits are held by {@code dev.sluice.quota}, which counts for itself.
 */
@NullMarked
package dev.sluice.usage;

import org.jspecify.annotations.NullMarked;
