/** Judges of histories. Each knows one promise. */
package dev.sluice.chaos.check;
