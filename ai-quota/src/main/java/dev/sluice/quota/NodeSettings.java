package dev.sluice.quota;

/**
 * How a node borrows. Times in milliseconds.
 *
 * @param wantMillis a lease is asked for to last about this long at the demand of late
 * @param reportMillis a lease in use is reported this often
 * @param quietMillis a lease on which no hold is running is reported after this while
 * @param resendMillis what is not answered is sent again after this while
 * @param giveUpMillis an ask that nobody waits for is given up after this while
 * @param refusedMillis a refusal is repeated without asking for this long at most
 */
public record NodeSettings(
    long wantMillis,
    long reportMillis,
    long quietMillis,
    long resendMillis,
    long giveUpMillis,
    long refusedMillis) {}
