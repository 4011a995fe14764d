/**
 * The limits that providers have for us: who may ask now, and who waits, fair between tenants, for all nodes together. Decided by
 * one actor for each limit. Knows no request.
 */
@NullMarked
package dev.sluice.model.gate;

import org.jspecify.annotations.NullMarked;
