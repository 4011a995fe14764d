package dev.sluice.model.chat;

/**
 * What an answer tells of itself.
 *
 * @param id unique, for those whose provider gave none: letters, digits and hyphens
 * @param model as the caller asked for it
 * @param createdSeconds since 1970
 * @param tellUsage whether an answer that comes as it is made ends with its usage
 */
public record AnswerTerms(String id, String model, long createdSeconds, boolean tellUsage) {}
