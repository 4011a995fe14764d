package dev.sluice.model.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A function of the caller's that the model may call.
 *
 * @param at where it stands in the caller's request
 * @param description empty if there is none
 * @param parameters JSON schema of its arguments; an empty object if it takes none
 * @param strict whether arguments must follow the schema to the letter
 */
public record Tool(
    String at, String name, String description, ObjectNode parameters, boolean strict) {}
