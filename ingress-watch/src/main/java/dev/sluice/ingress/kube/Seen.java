package dev.sluice.ingress.kube;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Problem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the API server has told about some objects. */
sealed interface Seen {
  Watched what();

  /**
   * One object in the few fields that matter.
   *
   * @param declared null if it could not be read
   */
  record Entry(@Nullable Declaration declared, List<Problem> problems) {}

  /** All of them, at one moment. */
  record Listed(Watched what, Map<ObjectKey, Entry> objects) implements Seen {}

  /** One is there, as it is now. */
  record Put(Watched what, ObjectKey key, Entry entry) implements Seen {}

  /** One is no more. */
  record Gone(Watched what, ObjectKey key) implements Seen {}

  /** All that happened up to this version has been told. */
  record UpTo(Watched what, String version) implements Seen {}

  /** The API server answers; what was seen before holds. */
  record Answering(Watched what) implements Seen {}

  /** They can't be read now. */
  record Unreadable(Watched what, Reason reason, String message) implements Seen {}

  enum Reason {
    /** No API server answers. */
    AWAY,
    /** This client may not read them. */
    REFUSED,
    /** The API server knows no such kind. */
    UNKNOWN
  }
}
