package dev.sluice.ingress;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request as a test asks it. */
record Asked(String method, Map<String, String> headers, Map<String, String> parameters)
    implements RequestView {
  static final Asked GET = new Asked("GET", Map.of(), Map.of());
  static final Asked POST = new Asked("POST", Map.of(), Map.of());

  Asked header(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name.toLowerCase(Locale.ROOT), value);
    return new Asked(method, more, parameters);
  }

  Asked query(String name, String value) {
    Map<String, String> more = new HashMap<>(parameters);
    more.put(name, value);
    return new Asked(method, headers, more);
  }

  @Override
  public @Nullable String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  @Override
  public @Nullable String query(String name) {
    return parameters.get(name);
  }
}
