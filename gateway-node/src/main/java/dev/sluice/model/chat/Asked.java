package dev.sluice.model.chat;

/**
 * What a request's head says that its dialect may need.
 *
 * @param path normalised; some dialects name the model there
 * @param query as it was sent, without the question mark; empty if there is none
 * @param contentType as it was sent; empty if there is none
 */
public record Asked(String path, String query, String contentType) {}
