package dev.sluice.model.embed;

import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;

/** A dialect that embeddings are asked for in, on both sides. */
public interface EmbeddingDialect {
  /**
   * Reads a caller's request.
   *
   * @param path with the query; some dialects name the model there
   * @throws UnsayableException that names the first field that is wrong
   */
  Embedding read(String path, byte[] body) throws UnsayableException;

  /** Says a provider's answer to a caller. */
  byte[] answer(Embedding asked, Vectors vectors);

  /**
   * Asks a provider.
   *
   * @throws UnsayableException that names the first field that can't be carried and may not be left out
   */
  Outgoing ask(Embedding asked, Terms terms, Losses losses) throws UnsayableException;

  /**
   * Reads a provider's answer.
   *
   * @throws UnsayableException if it is none, or has not one vector for each input
   */
  Vectors vectors(Embedding asked, byte[] body) throws UnsayableException;
}
