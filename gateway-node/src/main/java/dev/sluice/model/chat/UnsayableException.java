package dev.sluice.model.chat;

/** A request can't be taken: a field that is wrong, or that the provider's dialect has no words for. */
public final class UnsayableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String field;

  /** @param field of the caller's request */
  public UnsayableException(String field, String why) {
    super(why, null, false, false);
    this.field = field;
  }

  public String field() {
    return field;
  }

  public String why() {
    String why = getMessage();
    return why == null ? "" : why;
  }
}
