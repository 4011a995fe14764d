package dev.sluice.quota;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * An amount that one node may hold in advance, as the entity knows it.
 *
 * @param size what was granted
 * @param grantedAt entity time, milliseconds
 * @param notAfter entity time up to which the node may put holds on it
 * @param exact it was made to fit the waiting holds, near a limit
 * @param n number of the newest report
 * @param closed no further hold is put on it
 * @param overAt entity time at which its last hold has ended at the latest; 0 if it is not known
 */
public record Lease(
    LeaseId id,
    String path,
    Amounts size,
    long grantedAt,
    long notAfter,
    boolean exact,
    List<Line> lines,
    long n,
    boolean closed,
    long overAt) {
  public Amounts committed() {
    Amounts sum = Amounts.NONE;
    for (Line line : lines) {
      sum = sum.plus(line.committed());
    }
    return sum;
  }

  public Amounts used() {
    Amounts sum = Amounts.NONE;
    for (Line line : lines) {
      sum = sum.plus(line.used());
    }
    return sum;
  }

  public Amounts open() {
    return committed().minus(used());
  }

  /**
   * When a line's holds were put aside at the latest. Without slots, as on a path that a sliding window has joined since,
   * that is the end of the lease.
   */
  long slotOf(Line line) {
    return line.slot() == 0 ? notAfter : line.slot();
  }

  /** What the node may have spent without our knowing: it stays charged until the node says otherwise. */
  public Amounts unreported() {
    return closed ? Amounts.NONE : Amounts.NONE.max(size.minus(committed()));
  }

  /** What was granted and is not known to have been used. */
  Amounts refundable() {
    return Amounts.NONE.max(size.minus(used()));
  }

  /** Closed, and no hold is running on it: only its charge is left. */
  @JsonIgnore
  public boolean isFinal() {
    return closed && open().isNone();
  }

  Lease reported(List<Line> newLines, long newN, boolean nowClosed) {
    return new Lease(
        id,
        path,
        size,
        grantedAt,
        notAfter,
        exact,
        List.copyOf(newLines),
        newN,
        closed || nowClosed,
        overAt);
  }

  /** Closed, with what was put aside counted as used. */
  Lease writeOff() {
    List<Line> settled = lines.stream()
        .map(line -> new Line(line.slot(), line.committed(), Amounts.NONE))
        .toList();
    return new Lease(id, path, size, grantedAt, notAfter, exact, settled, n, true, overAt);
  }

  Lease close() {
    return new Lease(id, path, size, grantedAt, notAfter, exact, lines, n, true, overAt);
  }
}
