package dev.sluice.node.cli;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Failures in words for the terminal. */
final class Failures {
  private Failures() {}

  static String messageOf(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
