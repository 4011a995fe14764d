/** Counts tokens where a provider does not tell them: exactly where its vocabulary is known, else about. */
@NullMarked
package dev.sluice.model.count;

import org.jspecify.annotations.NullMarked;
