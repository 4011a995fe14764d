package dev.sluice.quota;

import java.util.List;

/** What became of a request for a hold. */
public sealed interface Admission {
  /**
   * The request may run.
   *
   * @param room of each bucket on its path, as far as this node knows it
   * @param observed those that would have refused it, were they not only observed
   */
  record Admitted(Hold hold, List<ToNode.Room> room, List<ToNode.Room> observed)
      implements Admission {}

  /**
   * A bucket has no room.
   *
   * @param tryInMillis until there may be room: 0 if all of it is only lent out, {@link ToNode#NEVER} if waiting won't help
   */
  record Refused(ToNode.Room room, long tryInMillis) implements Admission {}

  /** The tenant's entity did not answer in time. */
  record Unreachable() implements Admission {}
}
