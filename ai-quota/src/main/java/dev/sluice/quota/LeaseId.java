package dev.sluice.quota;

/**
 * Names a lease: the node's id of this life, and a number that the node counts.
 *
 * @param uid new at each start of a process; holds no slash
 * @param no from 1, never used twice in that life
 */
public record LeaseId(String uid, long no) {
  /** Reads what {@link #toString} wrote; for keys of maps in events. */
  public static LeaseId valueOf(String text) {
    int slash = text.lastIndexOf('/');
    return new LeaseId(text.substring(0, slash), Long.parseLong(text.substring(slash + 1)));
  }

  @Override
  public String toString() {
    return uid + "/" + no;
  }
}
