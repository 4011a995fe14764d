/** Clients: what users send, and what they get. Knows HTTP and nothing of Sluice's classes. */
package dev.sluice.chaos.traffic;
