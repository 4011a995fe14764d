/**
 * The process: reads its settings, wires the parts of a node together, starts and stops them in order. Decides nothing
 * about a request.
 */
@NullMarked
package dev.sluice.node;

import org.jspecify.annotations.NullMarked;
