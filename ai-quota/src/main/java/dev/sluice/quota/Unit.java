package dev.sluice.quota;

/** What is counted. */
public enum Unit {
  TOKENS
}
