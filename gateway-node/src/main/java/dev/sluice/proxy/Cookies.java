package dev.sluice.proxy;

import dev.sluice.wire.Fields;
import org.jspecify.annotations.Nullable;

/** Reads the cookies that a client sends. */
final class Cookies {
  private Cookies() {}

  /** Value of the first cookie of this name, or null. */
  static @Nullable String value(Inbound request, String name) {
    Fields fields = request.arrival().head().fields();
    for (int i = 0; i < fields.count(); i++) {
      if (fields.known(i) == null && fields.hasName(i, "Cookie")) {
        for (String pair : fields.value(i).split(";", -1)) {
          int equals = pair.indexOf('=');
          if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
            return pair.substring(equals + 1).strip();
          }
        }
      }
    }
    return null;
  }
}
