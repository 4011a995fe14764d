/** Answers of models, kept on this node for callers of the same tenant who ask the very same again. Knows no request and no target. */
@NullMarked
package dev.sluice.model.cache;

import org.jspecify.annotations.NullMarked;
