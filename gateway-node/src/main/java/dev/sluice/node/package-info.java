@NullMarked
package dev.sluice.node;

import org.jspecify.annotations.NullMarked;
