package dev.sluice.wire;

/** What reading the head of a response came to. */
public sealed interface ResponseRead permits ResponseHead, Malformed {}
