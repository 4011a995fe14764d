package dev.sluice.quota;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** What a tenant's entity tells a node. Spans of time are relative, so that no node's wall clock matters. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "message")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ToNode.Granted.class, name = "granted"),
  @JsonSubTypes.Type(value = ToNode.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = ToNode.Stale.class, name = "stale"),
  @JsonSubTypes.Type(value = ToNode.Recall.class, name = "recall"),
  @JsonSubTypes.Type(value = ToNode.Acked.class, name = "acked"),
  @JsonSubTypes.Type(value = ToNode.GoodbyeAcked.class, name = "goodbye-acked")
})
public sealed interface ToNode {
  /** As {@link Acked#n}: everything under this number is known. */
  long ALL = Long.MAX_VALUE;

  /** As a span of time: never. */
  long NEVER = -1;

  /**
   * A lease.
   *
   * @param attempt of the ask that this answers
   * @param arrived entity time at which that attempt reached the entity
   * @param notAfter entity time up to which holds may be put on it
   * @param exact it was made to fit the waiting holds
   * @param slotMillis width of the slots that its holds are counted in; 0 for a single one
   * @param rooms of the buckets of its path, after the grant
   */
  record Granted(
      long no,
      int attempt,
      long arrived,
      Amounts size,
      long notAfter,
      boolean exact,
      long slotMillis,
      List<Room> rooms)
      implements ToNode {}

  /**
   * There is no room for the oldest hold.
   *
   * @param need its size: the node refuses holds that are at least as large
   * @param room of the bucket that has least of it
   * @param tryInMillis until there may be room: 0 if all of it is only lent out, {@link #NEVER} if waiting won't help
   */
  record Refused(long no, Amounts need, Room room, long tryInMillis) implements ToNode {}

  /** The number was used before: a new one is needed. */
  record Stale(long no) implements ToNode {}

  /** Wanted back: these leases are to be closed and reported. */
  record Recall(List<Long> nos) implements ToNode {}

  /** The report {@code n} under this number is durable. */
  record Acked(long no, long n) implements ToNode {}

  record GoodbyeAcked() implements ToNode {}

  /**
   * How a bucket stands.
   *
   * @param free what can still be granted, or less than 0 if it stands above its limit
   * @param resetInMillis until all of it is free if nothing more is used; {@link #NEVER} for a balance
   * @param observed it refuses nothing
   */
  record Room(
      String bucket,
      Unit unit,
      long limit,
      long free,
      long resetInMillis,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean observed) {
    public Room(String bucket, Unit unit, long limit, long free, long resetInMillis) {
      this(bucket, unit, limit, free, resetInMillis, false);
    }
  }
}
