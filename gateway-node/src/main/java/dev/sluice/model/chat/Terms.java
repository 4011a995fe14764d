package dev.sluice.model.chat;

/**
 * How a request goes to one target.
 *
 * @param model name that the target knows the model by
 * @param outputCap largest answer that is held for, in tokens
 * @param capField field of OpenAI's dialect that says the cap where the caller's request has none
 */
public record Terms(String model, long outputCap, String capField) {}
