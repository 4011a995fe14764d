package dev.sluice.proxy;

import dev.sluice.ingress.Relay;
import dev.sluice.ingress.Relay.Replacement;
import dev.sluice.wire.Field;
import dev.sluice.wire.Fields;
import dev.sluice.wire.HeadSink;
import org.jspecify.annotations.Nullable;

/** Fields of an upstream's answer whose values say where the upstream believes to be, or what its body was. */
record AnswerFields(Relay relay, AnswerCoding coding) {
  /** Writes field {@code i} anew; false if it passes as it is. */
  boolean rewrites(Fields fields, int i, HeadSink out) {
    Field known = fields.known(i);
    if (known == Field.LOCATION && !relay.locations().isEmpty()) {
      String value = fields.value(i);
      for (Replacement one : relay.locations()) {
        String replaced = replaced(one, value);
        if (replaced != null) {
          out.field(Field.LOCATION, replaced);
          return true;
        }
      }
    } else if (known == null
        && (relay.cookieDomain() != null || relay.cookiePath() != null)
        && fields.hasName(i, "Set-Cookie")) {
      out.field("Set-Cookie", cookie(fields.value(i)));
      return true;
    }
    return known == null && coding.rewrites(fields, i, out);
  }

  private String cookie(String value) {
    String[] parts = value.split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i].strip();
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      Replacement one = name.equalsIgnoreCase("Domain")
          ? relay.cookieDomain()
          : name.equalsIgnoreCase("Path") ? relay.cookiePath() : null;
      String replaced =
          one == null || equals < 0 ? null : replaced(one, part.substring(equals + 1));
      if (replaced != null) {
        parts[i] = " " + name + "=" + replaced;
      }
    }
    return String.join(";", parts);
  }

  private static @Nullable String replaced(Replacement one, String value) {
    if (one.pattern() != null) {
      return one.pattern().matcher(value).find()
          ? one.pattern().matcher(value).replaceFirst(one.to())
          : null;
    }
    String from = String.valueOf(one.from());
    return value.startsWith(from) ? one.to() + value.substring(from.length()) : null;
  }
}
