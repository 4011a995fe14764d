package dev.sluice.model.openai;

import dev.sluice.model.chat.AnswerReader;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Losses;
import dev.sluice.model.chat.Outgoing;
import dev.sluice.model.chat.ProviderDialect;
import dev.sluice.model.chat.ProviderError;
import dev.sluice.model.chat.Terms;
import dev.sluice.model.chat.UnsayableException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** OpenAI's chat completions, as providers speak them. */
public final class ChatProvider implements ProviderDialect {
  private static final String PATH = "/chat/completions";

  private final ChatOptions options;

  /** As OpenAI's own. */
  public ChatProvider() {
    this(ChatOptions.OPENAI);
  }

  public ChatProvider(ChatOptions options) {
    this.options = options;
  }

  @Override
  public Outgoing ask(Conversation conversation, Terms terms, Losses losses)
      throws UnsayableException {
    String body = new ChatAsk(options, conversation, losses).body(terms).toString();
    return new Outgoing(PATH, body.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public AnswerReader stream() {
    return new ChatStreamReader(idsOfOneAnswer());
  }

  @Override
  public AnswerReader document() {
    return new ChatDocumentReader(idsOfOneAnswer());
  }

  /** What ids of tool calls begin with where the provider gives none: a conversation has those of many answers. */
  private static String idsOfOneAnswer() {
    return "call_" + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return Errors.read(status, body);
  }
}
