package dev.sluice.model.chat;

import java.util.Map;

/**
 * A request for a provider, but for its credential.
 *
 * @param path behind the provider's base URL, with query: {@code /chat/completions}
 * @param fields header fields beside the usual ones, such as a version
 * @param body a JSON document
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Outgoing(String path, Map<String, String> fields, byte[] body) {
  public Outgoing {
    fields = Map.copyOf(fields);
  }

  public Outgoing(String path, byte[] body) {
    this(path, Map.of(), body);
  }
}
