package dev.sluice.alert;

import dev.sluice.quota.Unit;

/**
 * A mark of a limit that was reached.
 *
 * @param bucket name of the limit
 * @param mark in percent of the limit
 * @param used settled and put aside, in the unit
 * @param windowStart what makes it once: milliseconds since 1970, or the amount of a balance
 */
record Crossing(
    String tenant,
    String bucket,
    Unit unit,
    int mark,
    long used,
    long limit,
    boolean observed,
    long windowStart) {}
