package dev.sluice.model.chat;

/**
 * A value of a request.
 *
 * @param at the field of the caller's request that said it, in the caller's words: {@code generationConfig.topK}
 */
public record Said<T>(T value, String at) {}
