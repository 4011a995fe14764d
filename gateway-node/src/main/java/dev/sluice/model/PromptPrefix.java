package dev.sluice.model;

import dev.sluice.ingress.Action;
import dev.sluice.ingress.KeyHash;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.Turn;
import dev.sluice.model.chat.UnsayableException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The beginning of a prompt as a number, the same in whichever dialect it is said: of the instructions and what is said up to the end of
 * the user's first turn, so that a conversation keeps its number as it grows.
 */
final class PromptPrefix {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final int most;

  private PromptPrefix(int most) {
    this.most = most;
  }

  /**
   * @param most bytes that are looked at
   * @return 0 if the call is about no conversation, or one that can't be read
   */
  static long of(Action.Call call, Question question, int most) {
    if (!Callers.converses(call)) {
      return 0;
    }
    PromptPrefix prefix = new PromptPrefix(most);
    try {
      prefix.add(question.conversation());
    } catch (UnsayableException e) {
      return 0;
    }
    long key = KeyHash.of(prefix.said.toByteArray(), 0, prefix.said.size());
    return prefix.said.size() == 0 ? 0 : key == 0 ? 1 : key;
  }

  private void add(Conversation all) {
    all.system().forEach(text -> add("system", text.text()));
    for (Turn turn : Turn.merged(all.turns())) {
      for (Part part : turn.parts()) {
        add(turn.role().name(), text(part));
      }
      if (turn.role() == Turn.Role.USER || said.size() >= most) {
        return;
      }
    }
  }

  private void add(String who, String text) {
    if (said.size() < most && !text.isEmpty()) {
      // Of a long text no more than may count is looked at: a character is a byte at least.
      String piece = text.length() > most ? text.substring(0, most) : text;
      byte[] bytes = (who + "\n" + piece + "\n").getBytes(StandardCharsets.UTF_8);
      said.write(bytes, 0, Math.min(bytes.length, most - said.size()));
    }
  }

  private static String text(Part part) {
    if (part instanceof Part.Text text) {
      return text.text();
    }
    if (part instanceof Part.Image image) {
      return text(image.source());
    }
    if (part instanceof Part.Document document) {
      return text(document.source());
    }
    return part instanceof Part.Audio audio ? text(audio.source()) : "";
  }

  private static String text(Part.Source source) {
    if (source instanceof Part.Source.Bytes bytes) {
      return bytes.base64();
    }
    return source instanceof Part.Source.Url url
        ? url.url()
        : source instanceof Part.Source.PlainText plain ? plain.text() : "";
  }
}
