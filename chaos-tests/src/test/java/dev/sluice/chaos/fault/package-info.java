/** Real processes, started with the launcher as a user would, and what can happen to them. */
package dev.sluice.chaos.fault;
