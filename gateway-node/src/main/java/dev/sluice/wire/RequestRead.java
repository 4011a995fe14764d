package dev.sluice.wire;

/** What reading the head of a request came to. */
public sealed interface RequestRead permits RequestHead, Malformed {}
