package dev.sluice.tenancy;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Carries a refusal out of a transaction, which is rolled back by it. */
final class Undone extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Written<?> written;

  Undone(Written<?> written) {
    super("undone", null, false, false);
    this.written = written;
  }

  /** The refusal as a value again. */
  @SuppressWarnings("unchecked") // it left the transaction of this very stage
  static <T> CompletionStage<Written<T>> caught(CompletionStage<Written<T>> stage) {
    return stage.exceptionally(failure -> {
      Throwable cause = failure instanceof CompletionException && failure.getCause() != null
          ? failure.getCause()
          : failure;
      if (cause instanceof Undone undone) {
        return (Written<T>) undone.written;
      }
      throw new CompletionException(cause);
    });
  }
}
