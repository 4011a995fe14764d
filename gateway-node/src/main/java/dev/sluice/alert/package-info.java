/**
 * Alerts: tells people that a limit is half, four fifths or wholly used. Each mark of a limit is told once in a window,
 * whichever nodes see it.
 */
@NullMarked
package dev.sluice.alert;

import org.jspecify.annotations.NullMarked;
