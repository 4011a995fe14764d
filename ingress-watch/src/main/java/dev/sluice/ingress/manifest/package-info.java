/**
 * Kubernetes objects as trees of JSON or YAML, read into declarations.
 *
 * <p>Pure. Reads what the gateway needs of an object and says, field by field, what it can't take; never throws.
 */
@NullMarked
package dev.sluice.ingress.manifest;

import org.jspecify.annotations.NullMarked;
