package dev.sluice.model.anthropic;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model can be asked for, by the version in its name: {@code claude-sonnet-4-6}, {@code claude-3-7-sonnet-20250219},
 * {@code eu.anthropic.claude-opus-4-7-v1:0}. A name without a version stands for an older model.
 *
 * @param version 10 for each major version, 1 for each minor one; 0 if the name tells none
 */
public record ClaudeModel(int version) {
  private static final Pattern VERSION =
      Pattern.compile("claude-(?:[a-z]+-)*(\\d{1,2})(?:[-.](\\d{1,2}))?(?![\\d])");

  private static final int MAJOR = 10;
  private static final int THINKS = 37;
  private static final int KEEPS_TO_SCHEMAS = 45;
  private static final int DECIDES = 46;
  private static final int NO_SAMPLING = 47;

  public static ClaudeModel of(String name) {
    Matcher found = VERSION.matcher(name);
    if (!found.find()) {
      return new ClaudeModel(0);
    }
    String minor = found.group(2);
    int small = minor == null ? 0 : Math.min(MAJOR - 1, Integer.parseInt(minor));
    return new ClaudeModel(MAJOR * Integer.parseInt(found.group(1)) + small);
  }

  /** Whether thinking can be switched off, as there is any. */
  public boolean thinks() {
    return version >= THINKS;
  }

  /** Whether it decides itself how long to think, and is told only the effort; older ones are told a budget. */
  public boolean decidesHowLong() {
    return version >= DECIDES;
  }

  /** Whether answers and calls can be held to a schema. */
  public boolean keepsToSchemas() {
    return version >= KEEPS_TO_SCHEMAS;
  }

  /** Whether it takes a temperature, {@code top_p} and {@code top_k}. */
  public boolean samples() {
    return version < NO_SAMPLING;
  }
}
