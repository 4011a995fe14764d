package dev.sluice.state;

/**
 * Marks what is written to the journal or sent to other nodes: Jackson CBOR. A shipped message only ever gains fields,
 * and old bytes are kept in tests.
 */
public interface WireMessage {}
