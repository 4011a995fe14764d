package dev.sluice.model.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/** Words, as the echo provider counts them: what stands between blanks. */
public final class Words {
  private Words() {}

  public static long count(String text) {
    long words = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      boolean blank = Character.isWhitespace(text.charAt(i));
      words += !blank && !inWord ? 1 : 0;
      inWord = !blank;
    }
    return words;
  }

  public static List<String> of(String text) {
    List<String> words = new ArrayList<>();
    StringTokenizer tokens = new StringTokenizer(text);
    while (tokens.hasMoreTokens()) {
      words.add(tokens.nextToken());
    }
    return words;
  }
}
