/**
 * The way of a request: path, route, filters, then an upstream or a model, and the answer back.
 *
 * <p>A request walks forward through {@link dev.sluice.proxy.Gateway}; every refusal on the way is a {@link
 * dev.sluice.proxy.Refusal} and becomes bytes in one place. Knows no tenant and no model.
 */
@NullMarked
package dev.sluice.proxy;

import org.jspecify.annotations.NullMarked;
