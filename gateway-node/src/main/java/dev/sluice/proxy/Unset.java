package dev.sluice.proxy;

import dev.sluice.wire.Field;
import dev.sluice.wire.Fields;
import dev.sluice.wire.HeadSink;
import java.util.Map;

/**
 * Leaves out the fields that somebody has set otherwise.
 *
 * @param set by name, in any case
 */
record Unset(HeadSink out, Map<String, String> set) implements HeadSink {
  @Override
  public HeadSink field(Field field, String value) {
    if (!set.containsKey(field.text())) {
      out.field(field, value);
    }
    return this;
  }

  @Override
  public HeadSink field(String name, String value) {
    if (!set.containsKey(name)) {
      out.field(name, value);
    }
    return this;
  }

  @Override
  public HeadSink field(Fields from, int i) {
    out.field(from, i);
    return this;
  }
}
