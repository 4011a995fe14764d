package dev.sluice.proxy;

import dev.sluice.ingress.Template;
import java.nio.charset.StandardCharsets;

/** The values that variables of a {@link Template} have for one request. */
final class Variables {
  private static final String PLAIN_IN_URL =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%";
  private static final String UNESCAPED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private Variables() {}

  /** The text as it stands: for keys and comparisons. */
  static String text(Template template, Inbound request) {
    return template.expand(variable -> value(variable, request));
  }

  /** The text as the value of a header field: what no field may hold is left out. */
  static String fieldValue(Template template, Inbound request) {
    String text = text(template, request);
    return text.chars().noneMatch(c -> c < ' ' || c > '~') ? text : text.replaceAll("[^ -~]", "");
  }

  /** The text as a URL: what could end it, or start a field, is escaped. */
  static String url(Template template, Inbound request) {
    return template.expand(variable -> escaped(value(variable, request), PLAIN_IN_URL));
  }

  /** As a value inside a query. */
  static String escaped(String text) {
    return escaped(text, UNESCAPED);
  }

  static String value(Template.Variable variable, Inbound request) {
    String argument = variable.argument();
    return switch (variable.name()) {
      case SCHEME -> request.scheme();
      case HOST -> request.hostName();
      case HTTP_HOST -> request.authority();
      case REQUEST_URI -> request.arrival().head().target();
      case URI, FASTCGI_SCRIPT_NAME -> request.path();
      case ESCAPED_REQUEST_URI -> escaped(request.arrival().head().target());
      case REMOTE_ADDR -> request.clientAddress().getHostAddress();
      case REQUEST_ID -> request.id();
      case REQUEST_METHOD -> request.method();
      case ARGS -> query(request);
      case ARG -> orEmpty(request.query(argument));
      case COOKIE -> orEmpty(Cookies.value(request, argument));
      case HTTP -> orEmpty(request.header(argument));
    };
  }

  private static String query(Inbound request) {
    String target = request.arrival().head().target();
    int mark = target.indexOf('?');
    return mark < 0 ? "" : target.substring(mark + 1);
  }

  private static String orEmpty(@org.jspecify.annotations.Nullable String text) {
    return text == null ? "" : text;
  }

  private static String escaped(String text, String plain) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (plain.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%')
            .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
            .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      }
    }
    return out.toString();
  }
}
