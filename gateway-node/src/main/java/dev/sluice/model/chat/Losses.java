package dev.sluice.model.chat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request says that the provider's dialect has no words for: refused, or left out where the route says so. */
public final class Losses {
  private final boolean allowed;
  private final List<String> dropped = new ArrayList<>();

  /** @param allowed whether what can't be said may be left out */
  public Losses(boolean allowed) {
    this.allowed = allowed;
  }

  /**
   * Says that something can't be carried.
   *
   * @param at its field in the caller's request
   * @param why for the caller: {@code "Anthropic's API has no seed"}
   * @throws UnsayableException unless it may be left out
   */
  public void drop(String at, String why) throws UnsayableException {
    if (!allowed) {
      throw new UnsayableException(at, why);
    }
    dropped.add(at);
  }

  /** {@link #drop} if it was said. */
  public void drop(@Nullable Said<?> said, String why) throws UnsayableException {
    if (said != null) {
      drop(said.at(), why);
    }
  }

  /** The fields that were left out, in the order they were met. */
  public List<String> dropped() {
    return List.copyOf(dropped);
  }
}
