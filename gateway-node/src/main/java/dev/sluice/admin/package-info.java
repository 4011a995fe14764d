/**
 * The admin API: how the node, its routes and its tenants' quotas stand. Read-only; what declares them is changed where
 * it is declared.
 */
@NullMarked
package dev.sluice.admin;

import org.jspecify.annotations.NullMarked;
