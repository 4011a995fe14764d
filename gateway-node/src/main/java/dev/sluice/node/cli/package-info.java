/** The commands of the launcher: run, cluster, node, version. */
@NullMarked
package dev.sluice.node.cli;

import org.jspecify.annotations.NullMarked;
