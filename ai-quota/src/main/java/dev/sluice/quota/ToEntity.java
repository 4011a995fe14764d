package dev.sluice.quota;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** What a node tells a tenant's entity. {@code uid} is the node's id of this life. Only ever gains fields. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "message")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ToEntity.Ask.class, name = "ask"),
  @JsonSubTypes.Type(value = ToEntity.Report.class, name = "report"),
  @JsonSubTypes.Type(value = ToEntity.Close.class, name = "close"),
  @JsonSubTypes.Type(value = ToEntity.Goodbye.class, name = "goodbye")
})
public sealed interface ToEntity {
  String uid();

  /**
   * Asks for a lease. Sent again with the same number and a higher attempt until it is answered.
   *
   * @param no number of the lease, counted by the node
   * @param attempt from 0; the answer names the one it answers
   * @param needs the holds that wait for it, oldest first; none for a lease that is only wanted in advance
   * @param waitedMillis how long the oldest has waited
   * @param want what would do for a while
   * @param reports what the node's leases on the same path have come to
   */
  record Ask(
      String uid,
      long no,
      int attempt,
      String path,
      List<Amounts> needs,
      long waitedMillis,
      Amounts want,
      List<Report> reports)
      implements ToEntity {
    public LeaseId id() {
      return new LeaseId(uid, no);
    }
  }

  /**
   * What a lease has come to, in absolute figures. Sent again until it is acknowledged.
   *
   * @param n grows with each change
   * @param closed no further hold will be put on it
   */
  record Report(String uid, long no, String path, long n, List<Line> lines, boolean closed)
      implements ToEntity {
    public LeaseId id() {
      return new LeaseId(uid, no);
    }
  }

  /** Nothing was used under this number, and nothing will be. Sent again until it is acknowledged. */
  record Close(String uid, long no) implements ToEntity {
    public LeaseId id() {
      return new LeaseId(uid, no);
    }
  }

  /** The node has reported all its leases and will not ask again in this life. */
  record Goodbye(String uid) implements ToEntity {}
}
