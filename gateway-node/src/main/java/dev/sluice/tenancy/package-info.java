/**
 * Tenants that are kept in the database, beside those that manifests declare: written by the admin API, read by every
 * node into a picture of its own, which is all that requests ever ask. What a manifest declares goes first.
 *
 * <p>Knows no HTTP and no caller's rights.
 */
@NullMarked
package dev.sluice.tenancy;

import org.jspecify.annotations.NullMarked;
