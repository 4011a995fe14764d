package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what pages of other origins may do. */
final class CorsOptions {
  private static final String METHODS = "GET, PUT, POST, DELETE, PATCH, OPTIONS";
  private static final String HEADERS =
      "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization";
  private static final int MAX_AGE_SECONDS = 1_728_000;
  private static final Pattern ORIGIN =
      Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*)://(\\*(?=\\.))?([A-Za-z0-9._-]+(?::\\d{1,5})?)");

  private CorsOptions() {}

  /** Null unless it is asked for. */
  static Filter.@Nullable Cors read(Annotations all) {
    String methods = value(all, "cors-allow-methods", "[A-Za-z, ]+", METHODS);
    String headers = value(all, "cors-allow-headers", "[A-Za-z0-9\\-_, ]+|\\*", HEADERS);
    String expose = value(all, "cors-expose-headers", "[A-Za-z0-9\\-_, ]+|\\*", "");
    boolean credentials = all.flag("cors-allow-credentials", true);
    int maxAge = all.number("cors-max-age", 0, Integer.MAX_VALUE, MAX_AGE_SECONDS);
    List<Filter.AllowedOrigin> origins = origins(all);
    return all.flag("enable-cors", false)
        ? new Filter.Cors(origins, methods, headers, expose, credentials, maxAge)
        : null;
  }

  private static String value(Annotations all, String key, String form, String otherwise) {
    String value = all.text(key);
    if (value == null || value.isEmpty()) {
      return otherwise;
    }
    if (!value.matches(form)) {
      all.invalid(key, "names between commas", otherwise.isEmpty() ? "none" : otherwise);
      return otherwise;
    }
    return value;
  }

  /** None stands for any. */
  private static List<Filter.AllowedOrigin> origins(Annotations all) {
    List<Filter.AllowedOrigin> origins = new ArrayList<>();
    List<String> given = all.list("cors-allow-origin");
    for (String one : given) {
      Matcher origin = ORIGIN.matcher(one);
      if (one.equals("*")) {
        return List.of();
      } else if (one.equals("null")) {
        origins.add(new Filter.AllowedOrigin("", false, "null"));
      } else if (origin.matches()) {
        origins.add(
            new Filter.AllowedOrigin(origin.group(1), origin.group(2) != null, origin.group(3)));
      } else {
        all.note(
            "cors-allow-origin",
            '"' + one + '"',
            "origins such as https://*.example.com:8443, or *",
            "this origin is not allowed");
      }
    }
    if (origins.isEmpty() && !given.isEmpty()) {
      origins.add(new Filter.AllowedOrigin("none", false, ""));
    }
    return List.copyOf(origins);
  }
}
