package dev.sluice.model.gemini;

import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Signature;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Signatures of thoughts in Gemini's dialect, where they are bytes in base64. Gemini's own stand there as they came. Those of
 * others stand there with their maker's name, and with the thought itself, which Gemini's callers need not send back.
 */
final class GeminiSignature {
  private GeminiSignature() {}

  static String written(Signature signature, String thought) {
    if (signature.maker() == Signature.Maker.GEMINI) {
      return signature.value();
    }
    String text = signature.in(Signature.Maker.GEMINI) + "\n" + thought;
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** @param thought that stood in front of it, in words */
  static Part.Thought read(String at, String value, String thought) {
    String text = decoded(value);
    Signature signature = Signature.of(text, Signature.Maker.GEMINI);
    int line = signature.value().indexOf('\n');
    if (signature.maker() == Signature.Maker.GEMINI || line < 0) {
      return new Part.Thought(at, thought, new Signature(Signature.Maker.GEMINI, value));
    }
    Signature bare = new Signature(signature.maker(), signature.value().substring(0, line));
    return new Part.Thought(at, signature.value().substring(line + 1), bare);
  }

  /** Callers' libraries write either alphabet. */
  private static String decoded(String value) {
    try {
      byte[] bytes = Base64.getDecoder().decode(value.replace('-', '+').replace('_', '/'));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
