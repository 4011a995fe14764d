package dev.sluice.model.chat;

/** A dialect that providers speak, as far as conversations go. */
public interface ProviderDialect {
  /**
   * Says a conversation.
   *
   * @throws UnsayableException that names the first field that can't be carried and may not be left out
   */
  Outgoing ask(Conversation conversation, Terms terms, Losses losses) throws UnsayableException;

  /** Reads one answer that comes as it is made. */
  AnswerReader stream();

  /** Reads one answer that comes whole. */
  AnswerReader document();

  /** Reads the body of an answer with a status of 400 or more. Never throws. */
  ProviderError error(int status, byte[] body);

  /**
   * The same, of a provider that names the type of an error in the head of its answer.
   *
   * @param type empty if it named none
   */
  default ProviderError error(int status, String type, byte[] body) {
    return error(status, body);
  }
}
