package dev.sluice.proxy;

import akka.util.ByteString;
import java.util.List;
import java.util.Map;

/**
 * An answer, as far as two are compared.
 *
 * @param own whether the gateway answered by itself, in words of its own
 * @param fields those that are compared, by name in any case
 * @param body its start, without framing
 * @param whole whether that is all of it
 */
record Answered(
    int status, boolean own, Map<String, List<String>> fields, ByteString body, boolean whole) {
  /** The values of a field, one after the other; empty if there is none. */
  List<String> values(String name) {
    return fields.getOrDefault(name, List.of());
  }
}
