package dev.sluice.ingress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the annotations of an Ingress ask for, with the meaning that ingress-nginx gave them.
 *
 * @param bodyBytes longest request body, 0 for any
 * @param closed why all routes of the Ingress must answer 503, or null
 * @param canary whether it only offers another backend for paths that a main Ingress has, and so has none of its own
 */
record IngressOptions(
    boolean sslRedirect,
    boolean forceSslRedirect,
    long bodyBytes,
    Timeouts timeouts,
    Retries retries,
    @Nullable String closed,
    boolean canary,
    List<Problem> problems) {
  private static final String PREFIX = "nginx.ingress.kubernetes.io/";
  private static final long DEFAULT_BODY_BYTES = 1024 * 1024;
  private static final int MOST_TRIES = 1000;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})([kKmMgG]?)");

  /** Annotations that keep somebody out. Served without them, a route would be open to those it must refuse. */
  private static final Set<String> GUARDS = Set.of(
      "auth-type",
      "auth-secret",
      "auth-secret-type",
      "auth-realm",
      "auth-url",
      "auth-method",
      "auth-signin",
      "auth-response-headers",
      "auth-request-redirect",
      "auth-snippet",
      "auth-tls-secret",
      "auth-tls-verify-client",
      "auth-tls-verify-depth",
      "auth-tls-match-cn",
      "auth-tls-error-page",
      "auth-tls-pass-certificate-to-upstream",
      "allowlist-source-range",
      "whitelist-source-range",
      "denylist-source-range",
      "satisfy",
      "enable-modsecurity",
      "enable-owasp-core-rules",
      "modsecurity-snippet",
      "limit-connections",
      "limit-rps",
      "limit-rpm",
      "proxy-ssl-verify",
      "proxy-ssl-secret",
      "ssl-passthrough");

  /** Annotations without which requests would reach the wrong place, or in a form that the upstream can't read. */
  private static final Set<String> DIRECTIONS = Set.of(
      "rewrite-target",
      "use-regex",
      "backend-protocol",
      "permanent-redirect",
      "temporal-redirect",
      "app-root",
      "upstream-vhost",
      "server-snippet",
      "configuration-snippet",
      "stream-snippet");

  static IngressOptions of(DeclaredIngress ingress) {
    return new Reader(ingress).read();
  }

  private static final class Reader {
    private final DeclaredIngress ingress;
    private final List<Problem> problems = new ArrayList<>();
    private boolean sslRedirect = true;
    private boolean forceSslRedirect;
    private long bodyBytes = DEFAULT_BODY_BYTES;
    private Duration connect = Timeouts.DEFAULT.connect();
    private Duration read = Timeouts.DEFAULT.read();
    private Duration send = Timeouts.DEFAULT.send();
    private int tries = Retries.DEFAULT.tries();
    private @Nullable String closed;
    private boolean canary;

    Reader(DeclaredIngress ingress) {
      this.ingress = ingress;
    }

    IngressOptions read() {
      for (Map.Entry<String, String> annotation : ingress.annotations().entrySet()) {
        if (annotation.getKey().startsWith(PREFIX)) {
          take(
              annotation.getKey().substring(PREFIX.length()),
              annotation.getValue().strip());
        }
      }
      return new IngressOptions(
          sslRedirect,
          forceSslRedirect,
          bodyBytes,
          new Timeouts(connect, read, send),
          new Retries(tries == 0 ? MOST_TRIES : tries),
          closed,
          canary,
          problems);
    }

    private void take(String key, String value) {
      switch (key) {
        case "ssl-redirect" -> sslRedirect = flag(key, value, true);
        case "force-ssl-redirect" -> forceSslRedirect = flag(key, value, false);
        case "proxy-body-size" -> bodyBytes = size(key, value);
        case "proxy-connect-timeout" -> connect = seconds(key, value, connect);
        case "proxy-read-timeout" -> read = seconds(key, value, read);
        case "proxy-send-timeout" -> send = seconds(key, value, send);
        case "proxy-next-upstream-tries" -> tries = number(key, value, 0, MOST_TRIES, tries);
        default -> notHonoured(key, value);
      }
    }

    private void notHonoured(String key, String value) {
      if (key.equals("backend-protocol") && value.equalsIgnoreCase("HTTP")
          || key.equals("use-regex") && !flag(key, value, false)
          || key.equals("ssl-passthrough") && !flag(key, value, false)) {
        return;
      }
      if (key.equals("canary")) {
        canary = flag(key, value, false);
        if (canary) {
          note(key, "not supported yet", "", "its paths are left to the main Ingress");
        }
      } else if (GUARDS.contains(key) || DIRECTIONS.contains(key)) {
        closed = "the annotation " + key + " can't be honoured";
        note(key, "not supported yet", "", "the paths of this Ingress answer 503");
      } else {
        note(key, "not supported yet", "", "it has no effect");
      }
    }

    private boolean flag(String key, String value, boolean otherwise) {
      switch (value) {
        case "1", "t", "T", "TRUE", "true", "True" -> {
          return true;
        }
        case "0", "f", "F", "FALSE", "false", "False" -> {
          return false;
        }
        default -> {
          note(key, '"' + value + '"', "true or false", "the default " + otherwise + " is used");
          return otherwise;
        }
      }
    }

    private long size(String key, String value) {
      Matcher matcher = SIZE.matcher(value);
      if (matcher.matches()) {
        int shift = switch (matcher.group(2)) {
          case "k", "K" -> 10;
          case "m", "M" -> 20;
          case "g", "G" -> 30;
          default -> 0;
        };
        long number = Long.parseLong(matcher.group(1));
        if (number <= Long.MAX_VALUE >> shift) {
          return number << shift;
        }
      }
      note(key, '"' + value + '"', "a size such as 8m, or 0 for any", "the default 1m is used");
      return DEFAULT_BODY_BYTES;
    }

    private Duration seconds(String key, String value, Duration otherwise) {
      return Duration.ofSeconds(number(key, value, 1, 1_000_000, (int) otherwise.toSeconds()));
    }

    private int number(String key, String value, int least, int most, int otherwise) {
      try {
        int number = Integer.parseInt(value);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // told below, with the numbers out of range
      }
      note(
          key,
          '"' + value + '"',
          "a whole number from " + least + " to " + most,
          "the default " + otherwise + " is used");
      return otherwise;
    }

    private void note(String key, String what, String expected, String effect) {
      problems.add(ingress.problem("metadata.annotations." + PREFIX + key, what, expected, effect));
    }
  }
}
