package dev.sluice.model.openai;

import java.util.EnumSet;
import java.util.Set;

/**
 * What servers of OpenAI's chat API differ in.
 *
 * @param systemRole of instructions: {@code system} or {@code developer}
 * @param seedField {@code seed}, or what it is called; empty if there is none
 * @param anyToolWord for a choice of any tool: {@code required}, or as Mistral says it, {@code any}
 * @param features that it has
 */
public record ChatOptions(
    String systemRole, String seedField, String anyToolWord, Set<Feature> features) {
  /** What a server may have or not. */
  public enum Feature {
    /** {@code strict} of functions and schemas. */
    STRICT,
    PARALLEL_TOOL_CALLS,
    /** {@code stream_options.include_usage}; without it, usage comes unasked. */
    STREAM_OPTIONS,
    /** {@code response_format} of type {@code json_schema}. */
    JSON_SCHEMA,
    REASONING_EFFORT,
    /** {@code frequency_penalty} and {@code presence_penalty}. */
    PENALTIES,
    /** {@code n}. */
    CHOICES,
    USER,
    IMAGES,
    AUDIO,
    FILES,
    /** {@code top_k}, which OpenAI itself does not have. */
    TOP_K,
    /** {@code reasoning_content} of the assistant's messages, given back. */
    THOUGHTS,
    /** Signatures of Gemini's beside tool calls, as in its own API that speaks this dialect. */
    GOOGLE_SIGNATURES,
    /** Ids of tool calls must be nine letters and digits. */
    SHORT_IDS
  }

  /** As OpenAI's own API is. */
  public static final ChatOptions OPENAI = new ChatOptions(
      "system",
      "seed",
      "required",
      EnumSet.complementOf(EnumSet.of(
          Feature.TOP_K, Feature.THOUGHTS, Feature.GOOGLE_SIGNATURES, Feature.SHORT_IDS)));

  public ChatOptions {
    features = Set.copyOf(features);
  }

  public boolean has(Feature feature) {
    return features.contains(feature);
  }

  /** These, with features added. */
  public ChatOptions with(Feature first, Feature... more) {
    EnumSet<Feature> all = EnumSet.of(first, more);
    all.addAll(features);
    return new ChatOptions(systemRole, seedField, anyToolWord, all);
  }

  /** These, with features taken away. */
  public ChatOptions without(Feature first, Feature... more) {
    EnumSet<Feature> left = EnumSet.noneOf(Feature.class);
    left.addAll(features);
    left.removeAll(EnumSet.of(first, more));
    return new ChatOptions(systemRole, seedField, anyToolWord, left);
  }
}
