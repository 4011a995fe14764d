package dev.sluice.model.chat;

import java.util.regex.Pattern;

/** Credentials in what providers say: some repeat the key that they don't accept. */
public final class Credentials {
  private static final int MOST_CHARACTERS = 4_000;

  /** Keys with a prefix of their kind ({@code sk-…}, {@code gsk_…}, {@code AIza…}), and what follows {@code Bearer}. */
  private static final Pattern KEYS = Pattern.compile(
      "(?i)\\b(?:(?:sk|pk|rk|gsk|xai|nvapi|hf|pplx|csk|fw|tgp|key|api)[-_](?=[\\w*.-]*[\\d*])[\\w*.-]{5,}[\\w*-]"
          + "|AIza[\\w-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{8,}|ya29\\.[\\w.-]+|eyJ[\\w-]{8,}\\.[\\w.-]+"
          + "|bearer\\s+(?=\\S*[\\d*])\\S{6,})");

  private Credentials() {}

  /** The text with all that looks like a key masked; cut if it is very long. */
  public static String masked(String text) {
    String all = text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…";
    return KEYS.matcher(all).replaceAll("[masked]");
  }
}
