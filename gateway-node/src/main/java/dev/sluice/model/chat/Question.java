package dev.sluice.model.chat;

/** A request, read in its caller's dialect: its envelope, its bytes, and, if it must be said in another one, the whole. */
public interface Question {
  Envelope envelope();

  /** The body for a target that speaks the same dialect: as it came, but for what must be set. */
  byte[] bodyFor(Terms terms);

  /** What {@link #bodyFor} is, for the head of the request. */
  default String contentType() {
    return "application/json";
  }

  /**
   * Where it goes at a provider that speaks the same dialect: path behind the base URL, with query; empty where the target
   * knows its one path itself.
   */
  default String pathFor(Terms terms) {
    return "";
  }

  /**
   * The whole conversation. Read when it is asked for.
   *
   * @throws UnsayableException that names the first field that is wrong
   */
  Conversation conversation() throws UnsayableException;

  /** Whether an answer that comes as it is made shall not tell its usage: the caller did not ask for it. */
  default boolean hidesUsage() {
    return false;
  }
}
