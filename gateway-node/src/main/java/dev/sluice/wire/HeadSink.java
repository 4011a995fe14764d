package dev.sluice.wire;

/** Takes the header fields of a message that is being written, in order, whatever protocol it goes out in. */
public interface HeadSink {
  /** Adds a field of our own. Control characters in the value become blanks: it can't start another field. */
  HeadSink field(Field field, String value);

  /** Adds a field of our own with a name that {@link Field} does not list; the name must be a token. */
  HeadSink field(String name, String value);

  /** Adds field number {@code i} of another message, byte for byte. */
  HeadSink field(Fields from, int i);
}
