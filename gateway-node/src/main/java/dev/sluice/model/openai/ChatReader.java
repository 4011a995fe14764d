package dev.sluice.model.openai;

import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.UnsayableException;

/** Reads a whole chat completion request. */
final class ChatReader {
  private ChatReader() {}

  static Conversation read(JsonBody body) throws UnsayableException {
    throw new UnsayableException("body", "not read yet");
  }
}
