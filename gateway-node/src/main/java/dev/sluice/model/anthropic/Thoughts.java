package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.Signature;
import dev.sluice.model.chat.Signature.Maker;
import org.jspecify.annotations.Nullable;

/**
 * Thoughts as this dialect has them: with words and a signature, or redacted, as data that only their maker can read. The data
 * of a redacted one is kept as its signature, with a mark.
 */
public final class Thoughts {
  private static final String REDACTED = "redacted.";

  private Thoughts() {}

  /** The signature that stands for a redacted thought. */
  public static Signature redacted(String data) {
    return new Signature(Maker.ANTHROPIC, REDACTED + data);
  }

  /** The data of a redacted thought; null if it is not redacted. */
  public static @Nullable String redactedData(Signature signature) {
    return signature.maker() == Maker.ANTHROPIC && signature.value().startsWith(REDACTED)
        ? signature.value().substring(REDACTED.length())
        : null;
  }

  /**
   * A content block.
   *
   * @param signature may be a foreign one; null if there is none
   */
  static ObjectNode block(String text, @Nullable Signature signature) {
    ObjectNode block = Json.MAPPER.createObjectNode();
    String data = signature == null ? null : redactedData(signature);
    if (data != null) {
      return block.put("type", "redacted_thinking").put("data", data);
    }
    return block
        .put("type", "thinking")
        .put("thinking", text)
        .put("signature", signature == null ? "" : signature.in(Maker.ANTHROPIC));
  }
}
