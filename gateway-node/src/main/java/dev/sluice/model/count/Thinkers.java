package dev.sluice.model.count;

import java.util.Locale;
import java.util.regex.Pattern;

/** Models that think before they speak, by their names: what they say is less than what they use, and may be much less. */
public final class Thinkers {
  private static final Pattern NAMES = Pattern.compile("(?:^|[^a-z0-9])"
      + "(?:o[1-9]|gpt-[5-9]|gpt-oss|deepseek-(?:r|v[3-9]|reasoner)|r1|qwq|qwen-?[3-9]|magistral|glm-(?:z|4\\.[5-9]|[5-9])"
      + "|grok-(?:[3-9]|code|build)|kimi-k[2-9]|claude-(?!2|instant)|gemini-(?:2\\.5|[3-9])|minimax-m|nova-[2-9])"
      + "|think|reason");

  private Thinkers() {}

  /** @param model as its provider calls it */
  public static boolean has(String model) {
    return NAMES.matcher(model.toLowerCase(Locale.ROOT)).find();
  }
}
