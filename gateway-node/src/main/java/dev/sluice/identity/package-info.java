/**
 * Tokens of OpenID Connect and of Kubernetes: whether a JWT is good, and what it says. Keys of issuers are fetched in the
 * background and kept with bounds; a signature is checked off the workers, once per token.
 *
 * <p>Knows no tenant and no role: who a token stands for is decided by whoever asks.
 */
@NullMarked
package dev.sluice.identity;

import org.jspecify.annotations.NullMarked;
