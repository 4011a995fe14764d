/**
 * What will become of Ingresses, said beforehand: read from what the reconciler makes of them and from the tables that it
 * reads. Decides nothing by itself, and knows no cluster and no file.
 */
@NullMarked
package dev.sluice.ingress.report;

import org.jspecify.annotations.NullMarked;
