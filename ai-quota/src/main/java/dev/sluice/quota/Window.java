package dev.sluice.quota;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * The time over which a limit holds.
 *
 * @param widthMillis of a sliding window; 0 for the others
 * @param zone in which days and months begin; empty for the others
 */
public record Window(Kind kind, long widthMillis, String zone) {
  public enum Kind {
    /** In every interval of this width. */
    SLIDING,
    /** From midnight to midnight. */
    DAY,
    /** From the first of a month to the first of the next. */
    MONTH,
    /** None: a balance, which only ever goes down. */
    BALANCE
  }

  public static final Window BALANCE = new Window(Kind.BALANCE, 0, "");

  public static Window sliding(long widthMillis) {
    if (widthMillis < 1) {
      throw new IllegalArgumentException(
          "a sliding window of " + widthMillis + " ms (expected: at least 1)");
    }
    return new Window(Kind.SLIDING, widthMillis, "");
  }

  public static Window day(ZoneId zone) {
    return new Window(Kind.DAY, 0, zone.getId());
  }

  public static Window month(ZoneId zone) {
    return new Window(Kind.MONTH, 0, zone.getId());
  }

  public boolean sliding() {
    return kind == Kind.SLIDING;
  }

  public boolean calendar() {
    return kind == Kind.DAY || kind == Kind.MONTH;
  }

  /** Start of the calendar window that this instant lies in; 0 for windows of other kinds. */
  public long startOf(long atMillis) {
    return calendar() ? millis(firstDay(atMillis)) : 0;
  }

  /** End of the calendar window that this instant lies in; the end of time for windows of other kinds. */
  public long endOf(long atMillis) {
    if (!calendar()) {
      return Long.MAX_VALUE;
    }
    LocalDate first = firstDay(atMillis);
    return millis(kind == Kind.DAY ? first.plusDays(1) : first.plusMonths(1));
  }

  private LocalDate firstDay(long atMillis) {
    LocalDate day = Instant.ofEpochMilli(atMillis).atZone(ZoneId.of(zone)).toLocalDate();
    return kind == Kind.DAY ? day : day.withDayOfMonth(1);
  }

  private long millis(LocalDate day) {
    return day.atStartOfDay(ZoneId.of(zone)).toInstant().toEpochMilli();
  }
}
