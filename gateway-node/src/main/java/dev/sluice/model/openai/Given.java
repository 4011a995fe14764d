package dev.sluice.model.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.Said;
import dev.sluice.model.chat.UnsayableException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value of a request and where it stands. One that is not there, or null, is not said. To ask for what it is not is refused by
 * the name of its place.
 *
 * @param at {@code messages[2].content[0]}; empty for the whole
 */
record Given(String at, JsonNode json) {
  Given of(String field) {
    return new Given(at.isEmpty() ? field : at + "." + field, json.path(field));
  }

  boolean said() {
    return !json.isMissingNode() && !json.isNull();
  }

  boolean isText() {
    return json.isTextual();
  }

  boolean isList() {
    return json.isArray();
  }

  String text() throws UnsayableException {
    if (!json.isTextual()) {
      throw wrong("a text");
    }
    return json.textValue();
  }

  /** The text; empty if it is not said. */
  String textOrNone() throws UnsayableException {
    return said() ? text() : "";
  }

  boolean flag() throws UnsayableException {
    if (!json.isBoolean()) {
      throw wrong("true or false");
    }
    return json.booleanValue();
  }

  boolean flagOr(boolean other) throws UnsayableException {
    return said() ? flag() : other;
  }

  ObjectNode object() throws UnsayableException {
    if (!(json instanceof ObjectNode object)) {
      throw wrong("an object");
    }
    return object;
  }

  /** The fields of an object. */
  List<Given> fields() throws UnsayableException {
    List<Given> fields = new ArrayList<>();
    for (Iterator<String> names = object().fieldNames(); names.hasNext(); ) {
      fields.add(of(names.next()));
    }
    return fields;
  }

  String name() {
    return at.substring(at.lastIndexOf('.') + 1);
  }

  /** The values of a list; none if it is not said. */
  List<Given> list() throws UnsayableException {
    List<Given> values = new ArrayList<>();
    if (!said()) {
      return values;
    }
    if (!json.isArray()) {
      throw wrong("a list");
    }
    for (int i = 0; i < json.size(); i++) {
      values.add(new Given(at + "[" + i + "]", json.path(i)));
    }
    return values;
  }

  long whole(long least, long most) throws UnsayableException {
    boolean whole = json.isIntegralNumber() && json.canConvertToLong();
    if (!whole || json.longValue() < least || json.longValue() > most) {
      throw wrong("a whole number of at least " + least
          + (most == Long.MAX_VALUE ? "" : " and at most " + most));
    }
    return json.longValue();
  }

  @Nullable
  Said<Long> saidWhole() throws UnsayableException {
    return said() ? new Said<>(whole(Long.MIN_VALUE, Long.MAX_VALUE), at) : null;
  }

  @Nullable
  Said<Double> saidNumber() throws UnsayableException {
    if (!said()) {
      return null;
    }
    if (!json.isNumber() || !Double.isFinite(json.doubleValue())) {
      throw wrong("a number");
    }
    return new Said<>(json.doubleValue(), at);
  }

  @Nullable
  Said<Boolean> saidFlag() throws UnsayableException {
    return said() ? new Said<>(flag(), at) : null;
  }

  @Nullable
  Said<String> saidText() throws UnsayableException {
    return said() ? new Said<>(text(), at) : null;
  }

  UnsayableException wrong(String expected) {
    return new UnsayableException(at, at + " must be " + expected);
  }
}
