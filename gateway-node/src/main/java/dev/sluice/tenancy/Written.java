package dev.sluice.tenancy;

/** What became of a change that was asked for. */
public sealed interface Written<T> {
  /** @param changed number of the change */
  record Done<T>(T value, long changed) implements Written<T> {}

  /** @param what that is not there, in words */
  record Missing<T>(String what) implements Written<T> {}

  /** @param why it can't be done as things are, in words */
  record Conflict<T>(String why) implements Written<T> {}

  /** It has been changed since. */
  record Stale<T>() implements Written<T> {}
}
