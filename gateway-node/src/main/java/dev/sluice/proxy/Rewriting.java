package dev.sluice.proxy;

import com.google.re2j.Matcher;
import dev.sluice.ingress.Filter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Puts another path in place of the one that was asked for. */
final class Rewriting {
  private Rewriting() {}

  /** Null if the request goes on. */
  static @Nullable Refusal apply(Inbound request, Filter.Rewrite rewrite) {
    Matcher matcher = rewrite.pattern().matcher(request.path());
    if (!matcher.find()) {
      return null;
    }
    StringBuilder made = new StringBuilder();
    for (Filter.RewritePart part : rewrite.parts()) {
      if (part.group() < 0) {
        made.append(part.text());
      } else if (part.group() <= matcher.groupCount()) {
        String group = matcher.group(part.group());
        made.append(group == null ? "" : group);
      }
    }
    String path = made.toString();
    if (rewrite.redirect()) {
      return new Refusal.Redirect(302, path);
    }
    if (!path.startsWith("/")) {
      path = "/" + path;
    }
    if (isAmbiguous(path)) {
      return new Refusal.BadRequest(400, "the rewritten path holds a .. segment");
    }
    String target = request.arrival().head().target();
    int mark = target.indexOf('?');
    request.target(escaped(path) + (mark < 0 ? "" : target.substring(mark)));
    return null;
  }

  private static boolean isAmbiguous(String path) {
    return path.equals("/..") || path.contains("/../") || path.endsWith("/..");
  }

  /** As nginx writes a path. */
  private static String escaped(String path) {
    StringBuilder out = new StringBuilder(path.length());
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      int c = b & 0xff;
      if (c <= ' ' || c >= 127 || c == '%' || c == '?' || c == '#') {
        out.append('%')
            .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
            .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      } else {
        out.append((char) c);
      }
    }
    return out.toString();
  }
}
