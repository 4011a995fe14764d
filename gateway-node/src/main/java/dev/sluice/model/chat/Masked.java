package dev.sluice.model.chat;

import java.util.regex.Pattern;

/** Takes credentials out of what providers say: some tell the key that was wrong. */
public final class Masked {
  /** Keys by the beginnings that their makers give them, tokens behind the name of their scheme, and keys in queries. */
  private static final Pattern CREDENTIAL = Pattern.compile(
      "\\b(?:sk|pk|rk|gsk|xai|hf|nvapi|pplx|r8|tgp|csk)[-_][A-Za-z0-9*._-]{6,}"
          + "|\\bAIza[A-Za-z0-9_-]{8,}|\\bya29\\.[A-Za-z0-9._-]+|\\b(?:AKIA|ASIA|ABSK)[A-Za-z0-9+/=]{8,}"
          + "|\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9._-]+"
          + "|(?<=\\b[Bb]earer )[A-Za-z0-9._~+/=-]{6,}|(?<=[?&](?:api_)?key=)[^&\\s\"']+");

  private static final int MOST_CHARACTERS = 4000;

  private Masked() {}

  /** The text, at most 4000 characters of it, with {@code ***} in the place of each credential. */
  public static String of(String text) {
    String cut = text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) : text;
    return CREDENTIAL.matcher(cut).replaceAll("***");
  }
}
