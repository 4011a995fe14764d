/**
 * What is declared, and what follows from it: declarations in; a route table, certificates, tenants and problems out.
 *
 * <p>Pure: knows no actor, no client, no file, no clock. The same declarations always make the same table.
 */
@NullMarked
package dev.sluice.ingress;

import org.jspecify.annotations.NullMarked;
