/** What happened during a run, in order, so that a judge can look at it afterwards. */
package dev.sluice.chaos.history;
