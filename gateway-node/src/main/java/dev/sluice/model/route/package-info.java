/** Which target is asked next for a call, and when there is no other. Pure but for {@link TargetLoads}. */
@NullMarked
package dev.sluice.model.route;

import org.jspecify.annotations.NullMarked;
