package dev.sluice.model.chat;

import java.util.Locale;

/**
 * A provider's mark on a thought, opaque to all others. In a caller's dialect of another kind it travels with its maker's name
 * in front, so that it is never shown to a provider that did not make it.
 *
 * @param maker whose it is
 * @param value as the provider gave it
 */
public record Signature(Maker maker, String value) {
  /** Who can read it. */
  public enum Maker {
    ANTHROPIC,
    GEMINI,
    OPENAI
  }

  private static final String MARK = "sluice-";

  /** As it stands in a dialect that is {@code own}'s: bare if it is its own, else with the maker's name. */
  public String in(Maker own) {
    return maker == own ? value : MARK + maker.name().toLowerCase(Locale.ROOT) + "-" + value;
  }

  /** Reads what {@link #in} wrote. */
  public static Signature of(String text, Maker own) {
    for (Maker maker : Maker.values()) {
      String mark = MARK + maker.name().toLowerCase(Locale.ROOT) + "-";
      if (text.startsWith(mark)) {
        return new Signature(maker, text.substring(mark.length()));
      }
    }
    return new Signature(own, text);
  }
}
