package dev.sluice.ingress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How clients are spoken to, where the controller's ConfigMap says so; null, 0 or empty where the node's own settings do.
 *
 * @param keepAlive how long an idle connection stays; zero: each answer is its last
 * @param headTimeout for the head of a request
 * @param bodyTimeout between two pieces of a body
 * @param headBytes longest head
 * @param lineBytes longest request target
 * @param http2 whether HTTP/2 is spoken
 * @param streams most requests at a time on one connection of HTTP/2
 * @param streamTimeout longest silence of connections that are passed on
 * @param streamAnswers how many datagrams answer one of a client, 0 for any number; -1 where the node's own settings say so
 * @param tlsVersions such as {@code TLSv1.3}
 * @param tlsCiphers of TLS 1.2, by the names of the JDK
 * @param knownHostsOnly whether TLS for hosts without a certificate is refused
 */
public record ClientSide(
    @Nullable Duration keepAlive,
    @Nullable Duration headTimeout,
    @Nullable Duration bodyTimeout,
    int headBytes,
    int lineBytes,
    @Nullable Boolean http2,
    int streams,
    @Nullable Duration streamTimeout,
    int streamAnswers,
    List<String> tlsVersions,
    List<String> tlsCiphers,
    boolean knownHostsOnly) {
  /** Nothing is said. */
  public static final ClientSide DEFAULT =
      new ClientSide(null, null, null, 0, 0, null, 0, null, -1, List.of(), List.of(), false);

  private static final Pattern BUFFERS = Pattern.compile("(\\d{1,3})\\s+(\\d{1,7})([kKmM]?)");
  private static final Pattern SECONDS = Pattern.compile("(\\d{1,6})(s|m|h)?");
  private static final int MOST_HEAD_BYTES = 1 << 20;
  private static final int MOST_ANSWERS = 1_000_000;
  private static final int MOST_STREAMS = 10_000;
  private static final Pattern CIPHER = Pattern.compile(
      "(?:(ECDHE-ECDSA|ECDHE-RSA|DHE-RSA)-)?(?:(AES128|AES256)(-GCM)?(-SHA|-SHA256|-SHA384)|(CHACHA20-POLY1305))");

  static ClientSide of(ControllerConfig config, ControllerProblems problems) {
    Matcher buffers = BUFFERS.matcher(textOf(config, "large-client-header-buffers"));
    int buffer = buffers.matches() ? bytes(buffers) : 0;
    long head = buffers.matches() ? Long.parseLong(buffers.group(1)) * buffer : 0;
    String http2 = config.text("use-http2");
    return new ClientSide(
        seconds(config, "keep-alive"),
        positive(seconds(config, "client-header-timeout")),
        positive(seconds(config, "client-body-timeout")),
        (int) Math.min(head, MOST_HEAD_BYTES),
        Math.min(buffer, MOST_HEAD_BYTES),
        http2 == null ? null : Annotations.flagOf(http2.strip()),
        (int) Math.max(0, Math.min(config.number("http2-max-concurrent-streams", 0), MOST_STREAMS)),
        positive(seconds(config, "proxy-stream-timeout")),
        (int) Math.max(-1, Math.min(config.number("proxy-stream-responses", -1), MOST_ANSWERS)),
        versions(config, problems),
        ciphers(config, problems),
        config.is("ssl-reject-handshake", false));
  }

  private static String textOf(ControllerConfig config, String key) {
    String text = config.text(key);
    return text == null ? "" : text.strip();
  }

  private static int bytes(Matcher buffers) {
    int shift = switch (buffers.group(3).toLowerCase(Locale.ROOT)) {
      case "k" -> 10;
      case "m" -> 20;
      default -> 0;
    };
    return (int) Math.min(Long.parseLong(buffers.group(2)) << shift, MOST_HEAD_BYTES);
  }

  private static @Nullable Duration seconds(ControllerConfig config, String key) {
    Matcher matcher = SECONDS.matcher(textOf(config, key));
    if (!matcher.matches()) {
      return null;
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    return "m".equals(unit)
        ? Duration.ofMinutes(number)
        : "h".equals(unit) ? Duration.ofHours(number) : Duration.ofSeconds(number);
  }

  private static @Nullable Duration positive(@Nullable Duration time) {
    return time == null || time.isZero() ? null : time;
  }

  private static List<String> versions(ControllerConfig config, ControllerProblems problems) {
    String given = textOf(config, "ssl-protocols");
    List<String> versions = new ArrayList<>();
    for (String word : given.isEmpty() ? new String[0] : given.split("\\s+", -1)) {
      if (word.equals("TLSv1.2") || word.equals("TLSv1.3")) {
        versions.add(word);
      } else {
        problems.add(
            "ssl-protocols", '"' + word + '"', "TLSv1.2 and TLSv1.3", "this one is not spoken");
      }
    }
    return List.copyOf(versions);
  }

  private static List<String> ciphers(ControllerConfig config, ControllerProblems problems) {
    String given = textOf(config, "ssl-ciphers");
    List<String> ciphers = new ArrayList<>();
    for (String word : given.isEmpty() ? new String[0] : given.split("[:, ]+", -1)) {
      Matcher cipher = CIPHER.matcher(word);
      if (cipher.matches()) {
        ciphers.add(nameOf(cipher));
      } else {
        problems.add(
            "ssl-ciphers", '"' + word + '"', "names of ciphers of TLS 1.2", "it is passed over");
      }
    }
    return List.copyOf(ciphers);
  }

  /** As the JDK calls what OpenSSL calls so. */
  private static String nameOf(Matcher cipher) {
    String exchange = cipher.group(1) == null ? "RSA" : cipher.group(1).replace('-', '_');
    if (cipher.group(5) != null) {
      return "TLS_" + exchange + "_WITH_CHACHA20_POLY1305_SHA256";
    }
    String mode = cipher.group(3) == null ? "CBC" : "GCM";
    return "TLS_" + exchange + "_WITH_AES_" + cipher.group(2).substring(3) + "_" + mode + "_"
        + cipher.group(4).substring(1);
  }
}
