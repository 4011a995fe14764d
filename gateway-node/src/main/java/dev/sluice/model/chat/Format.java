package dev.sluice.model.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What an answer must look like. */
public sealed interface Format {
  /** Any JSON object. */
  record AnyObject() implements Format {}

  /** @param name of the schema; empty if it has none */
  record Schema(String name, ObjectNode schema, boolean strict) implements Format {}
}
