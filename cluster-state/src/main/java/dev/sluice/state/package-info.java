/**
 * What all nodes share: the cluster they form, the database they write to, its clock, and how settings are read.
 *
 * <p>Knows no tenant, route or model.
 */
@NullMarked
package dev.sluice.state;

import org.jspecify.annotations.NullMarked;
