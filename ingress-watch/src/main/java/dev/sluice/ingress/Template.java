package dev.sluice.ingress;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A text in which variables of a request may stand, parsed: what stands in it is never read as anything else. */
public record Template(List<Part> parts) {
  /** A piece of the text. */
  public sealed interface Part {}

  /** Stands for itself. */
  public record Literal(String text) implements Part {}

  /** @param argument which header, cookie or query parameter; empty for all other names */
  public record Variable(Name name, String argument) implements Part {}

  /** The variables that there are. */
  public enum Name {
    SCHEME,
    HOST,
    HTTP_HOST,
    REQUEST_URI,
    URI,
    ESCAPED_REQUEST_URI,
    REMOTE_ADDR,
    REQUEST_ID,
    REQUEST_METHOD,
    /** The path; where FastCGI is spoken, with the index behind a slash. */
    FASTCGI_SCRIPT_NAME,
    ARGS,
    ARG,
    COOKIE,
    HTTP
  }

  private static final Map<String, Name> OTHER_NAMES = Map.of(
      "best_http_host", Name.HTTP_HOST,
      "pass_access_scheme", Name.SCHEME,
      "binary_remote_addr", Name.REMOTE_ADDR,
      "query_string", Name.ARGS,
      "server_name", Name.HOST,
      "req_id", Name.REQUEST_ID,
      "the_real_ip", Name.REMOTE_ADDR);

  /** The text's pieces, or nothing if it names a variable that there is not. */
  static Optional<Template> parse(String text) {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '$') {
        literal.append(c);
        continue;
      }
      boolean braced = at < text.length() && text.charAt(at) == '{';
      int from = braced ? at + 1 : at;
      int to = from;
      while (to < text.length() && isName(text.charAt(to))) {
        to++;
      }
      Optional<Variable> variable = variable(text.substring(from, to));
      if (variable.isEmpty() || braced && (to == text.length() || text.charAt(to) != '}')) {
        return Optional.empty();
      }
      if (!literal.isEmpty()) {
        parts.add(new Literal(literal.toString()));
        literal.setLength(0);
      }
      parts.add(variable.get());
      at = braced ? to + 1 : to;
    }
    if (!literal.isEmpty()) {
      parts.add(new Literal(literal.toString()));
    }
    return Optional.of(new Template(List.copyOf(parts)));
  }

  private static Optional<Variable> variable(String name) {
    for (Name prefixed : List.of(Name.ARG, Name.COOKIE, Name.HTTP)) {
      String prefix = prefixed.name().toLowerCase(Locale.ROOT) + "_";
      if (name.startsWith(prefix) && name.length() > prefix.length() && !name.equals("http_host")) {
        String argument = name.substring(prefix.length());
        return Optional.of(
            new Variable(prefixed, prefixed == Name.HTTP ? argument.replace('_', '-') : argument));
      }
    }
    Name other = OTHER_NAMES.get(name);
    if (other != null) {
      return Optional.of(new Variable(other, ""));
    }
    for (Name one : Name.values()) {
      boolean alone = one != Name.ARG && one != Name.COOKIE && one != Name.HTTP;
      if (alone && one.name().toLowerCase(Locale.ROOT).equals(name)) {
        return Optional.of(new Variable(one, ""));
      }
    }
    return Optional.empty();
  }

  private static boolean isName(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
  }

  /** Whether a variable stands in it. */
  public boolean varies() {
    return parts.stream().anyMatch(part -> part instanceof Variable);
  }

  /** The text for one request. */
  public String expand(Function<Variable, String> values) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(
          part instanceof Variable variable ? values.apply(variable) : ((Literal) part).text());
    }
    return text.toString();
  }
}
