/**
 * Calls of language models: who asks, what for, what it may cost, who answers, and what it came to.
 *
 * <p>Reads of a request only what decides its way and its cost; of an answer only its usage. Never knows how a quota is
 * kept, and never counts a token itself where the provider has.
 */
@NullMarked
package dev.sluice.model;

import org.jspecify.annotations.NullMarked;
