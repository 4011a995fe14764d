package dev.sluice.model.count;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import dev.sluice.model.chat.Conversation;
import dev.sluice.model.chat.Part;
import dev.sluice.model.chat.Tool;
import dev.sluice.model.chat.Turn;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tokens of texts. Exact for OpenAI's models, whose vocabularies are known; of other models an estimate, by the newest of
 * these. A vocabulary is loaded when it is first needed, which takes half a second, and stays: o200k has 28 MB of heap, cl100k
 * 14 MB. A million characters of prose take about half a second, of hostile text eight times as long, so this is nothing for
 * the way of each request.
 *
 * @param exact whether it is what the provider would count
 */
public record TokenCount(long tokens, boolean exact) {
  /** Longer texts are counted up to here, and the rest in proportion. */
  static final int MOST_CHARACTERS = 1 << 18;

  /** Texts are cut here, since one that has no words takes longer than its length. */
  private static final int PIECE_CHARACTERS = 1 << 14;

  /** What OpenAI's chat format adds to each message, and to the whole. */
  private static final int TOKENS_OF_MESSAGE = 3;

  private static final Pattern O200K = Pattern.compile(
      "(?:ft:)?(?:gpt-4o|chatgpt-4o|gpt-4\\.[1-9]|gpt-[5-9]|gpt-oss|o[1-9])(?:[-.:].*)?");
  private static final Pattern CL100K = Pattern.compile(
      "(?:ft:)?(?:gpt-4|gpt-3\\.5|gpt-35|text-embedding-3|text-embedding-ada)(?:-.*)?");

  /** Loads each vocabulary when it is first asked for. */
  private static final class Loaded {
    private static final EncodingRegistry ENCODINGS = Encodings.newLazyEncodingRegistry();
  }

  /**
   * Of a text, under the vocabulary of a model.
   *
   * @param model as its provider calls it, with or without a maker in front
   */
  public static TokenCount of(String model, String text) {
    return of(encoding(model), text, knows(model));
  }

  /** Whether the vocabulary of a model is known. */
  public static boolean knows(String model) {
    String name = name(model);
    return O200K.matcher(name).matches() || CL100K.matcher(name).matches();
  }

  private static Encoding encoding(String model) {
    boolean older = CL100K.matcher(name(model)).matches();
    return Loaded.ENCODINGS.getEncoding(older ? EncodingType.CL100K_BASE : EncodingType.O200K_BASE);
  }

  private static String name(String model) {
    return model.substring(model.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
  }

  /**
   * The most that a text can have under the vocabulary of a model, which is known: exact where it has words, for it can be cut
   * between them; what has none for too long counts by its bytes.
   */
  static long most(String model, String text) {
    Encoding encoding = encoding(model);
    long tokens = 0;
    int from = 0;
    while (from < text.length()) {
      int word = text.length() - from <= PIECE_CHARACTERS ? text.length() : wordEnd(text, from);
      int to = word < 0 ? pieceEnd(text, from, text.length()) : word;
      String piece = text.substring(from, to);
      tokens += word < 0
          ? piece.getBytes(StandardCharsets.UTF_8).length
          : encoding.countTokensOrdinary(piece);
      from = to;
    }
    return tokens;
  }

  /**
   * Where a text that is too long is cut so that its tokens stay the same: no token holds the blank behind a letter and the
   * letter. Below 0 if there is no such place.
   */
  private static int wordEnd(String text, int from) {
    for (int at = from + PIECE_CHARACTERS; at > from; at--) {
      if (text.charAt(at) == ' ' && isLetter(text.charAt(at - 1))) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isLetter(char one) {
    return one >= 'a' && one <= 'z' || one >= 'A' && one <= 'Z';
  }

  private static TokenCount of(Encoding encoding, String text, boolean known) {
    long tokens = 0;
    int counted = Math.min(text.length(), MOST_CHARACTERS);
    int from = 0;
    while (from < counted) {
      int to = pieceEnd(text, from, counted);
      tokens += encoding.countTokensOrdinary(text.substring(from, to));
      from = to;
    }
    boolean whole = counted == text.length() && counted <= PIECE_CHARACTERS;
    long all = counted == 0 ? 0 : (tokens * text.length() + counted - 1) / counted;
    return new TokenCount(all, known && whole);
  }

  /** Not between two halves of a character. */
  private static int pieceEnd(String text, int from, int end) {
    int to = Math.min(end, from + PIECE_CHARACTERS);
    return to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? to + 1 : to;
  }

  /**
   * Of a whole prompt, as an estimate: its texts, tools and calls, and what the format of its messages adds. Images, documents
   * and recordings are not counted.
   */
  public static TokenCount of(String model, Conversation conversation) {
    StringBuilder all = new StringBuilder();
    long entries = 1L + conversation.system().size();
    conversation.system().forEach(text -> all.append(text.text()).append('\n'));
    for (Turn turn : conversation.turns()) {
      entries++;
      append(turn.parts(), all);
    }
    for (Tool tool : conversation.tools()) {
      entries++;
      all.append(tool.name()).append('\n').append(tool.description()).append('\n');
      all.append(tool.parameters()).append('\n');
    }
    return new TokenCount(of(model, all.toString()).tokens() + TOKENS_OF_MESSAGE * entries, false);
  }

  private static void append(List<Part> parts, StringBuilder all) {
    for (Part part : parts) {
      if (part instanceof Part.Text text) {
        all.append(text.text()).append('\n');
      } else if (part instanceof Part.Document document
          && document.source() instanceof Part.Source.PlainText plain) {
        all.append(plain.text()).append('\n');
      } else if (part instanceof Part.Thought thought) {
        all.append(thought.text()).append('\n');
      } else if (part instanceof Part.ToolUse call) {
        all.append(call.name()).append('\n').append(call.arguments()).append('\n');
      } else if (part instanceof Part.ToolResult result) {
        all.append(result.name()).append('\n');
        append(result.content(), all);
      }
    }
  }
}
