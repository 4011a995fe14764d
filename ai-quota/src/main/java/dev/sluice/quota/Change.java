package dev.sluice.quota;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** One thing that happened to a tenant's ledger. {@code at} is entity time in milliseconds. Only ever gains fields. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "change")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Change.Planned.class, name = "planned"),
  @JsonSubTypes.Type(value = Change.Granted.class, name = "granted"),
  @JsonSubTypes.Type(value = Change.Reported.class, name = "reported"),
  @JsonSubTypes.Type(value = Change.Numbered.class, name = "numbered"),
  @JsonSubTypes.Type(value = Change.Departed.class, name = "departed"),
  @JsonSubTypes.Type(value = Change.Forgotten.class, name = "forgotten"),
  @JsonSubTypes.Type(value = Change.WrittenOff.class, name = "written-off")
})
public sealed interface Change {
  long at();

  /** Other limits apply from now on. */
  record Planned(long at, Plan plan) implements Change {}

  /**
   * A lease was granted, out of all buckets of its path.
   *
   * @param overAt when its last hold has ended at the latest; 0 if it is not known
   */
  record Granted(
      long at, LeaseId id, String path, Amounts size, long notAfter, boolean exact, long overAt)
      implements Change {}

  /** A node has told what a lease has come to. {@code path} tells where to charge a lease that the journal has lost. */
  record Reported(long at, LeaseId id, String path, long n, List<Line> lines, boolean closed)
      implements Change {}

  /** A number that was never granted never will be. */
  record Numbered(long at, LeaseId id) implements Change {}

  /** A node has left in peace: what it has not reported it has not used, and none of its numbers will be granted. */
  record Departed(long at, String uid) implements Change {}

  /** A node is gone and has no lease: nothing needs to be known of it any more. */
  record Forgotten(long at, String uid) implements Change {}

  /**
   * A lease of a node that is gone was given up by hand: what it has put aside counts as used, the rest is free. A late
   * report of the node puts that right.
   */
  record WrittenOff(long at, LeaseId id) implements Change {}
}
