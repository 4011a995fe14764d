package dev.sluice.state;

import io.r2dbc.postgresql.MultiHostConnectionStrategy.TargetServerType;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where the database is, read from {@code postgresql://user:password@host:5432/name}; of several hosts with commas between
 * them, the one is meant that can be written to. {@code ?sslmode=verify-full&sslrootcert=/path} behind it asks for TLS, as
 * with PostgreSQL's own clients; without, nothing is encrypted. Never prints the password.
 *
 * @param hosts at least one
 */
public record DatabaseUrl(
    List<Host> hosts, String database, String user, String password, DatabaseTls tls) {
  /** @param name or address; an IPv6 address without brackets */
  public record Host(String name, int port) {
    @Override
    public String toString() {
      return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
    }
  }

  private static final String EXPECTED =
      "postgresql://user:password@host:5432/database, or several of host:5432 with commas between, "
          + "and behind it at most ?sslmode=verify-full&sslrootcert=/path/of/ca.crt";
  private static final int POSTGRESQL_PORT = 5432;
  private static final int MOST_PORT = 65535;

  /** How long it is taken for true which of several hosts can be written to. */
  private static final Duration RECHECK = Duration.ofSeconds(1);

  public DatabaseUrl {
    hosts = List.copyOf(hosts);
  }

  /** @throws IllegalArgumentException that says what is wrong and what was expected, and shows nothing of the URL */
  public static DatabaseUrl parse(String url) {
    int slashes = url.indexOf("//");
    int end = slashes < 0 ? -1 : url.indexOf('/', slashes + 2);
    if (end < 0) {
      return one(url);
    }
    int from = Math.max(slashes + 1, url.lastIndexOf('@', end)) + 1;
    List<Host> hosts = new ArrayList<>();
    DatabaseUrl last = null;
    for (String host : url.substring(from, end).split(",", -1)) {
      last = one(url.substring(0, from) + host + url.substring(end));
      hosts.addAll(last.hosts());
    }
    if (hosts.size() > 1 && hosts.stream().anyMatch(host -> host.name().contains(":"))) {
      throw refused("of several hosts, none can be an IPv6 address: give it a name");
    }
    return last == null
        ? one(url)
        : new DatabaseUrl(hosts, last.database(), last.user(), last.password(), last.tls());
  }

  private static DatabaseUrl one(String url) {
    URI uri = uriOf(url);
    if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme())) {
      throw refused("it does not begin with postgresql://");
    }
    if (uri.getRawFragment() != null) {
      throw refused("it has a #, which in a password is written %23");
    }
    DatabaseTls tls = tls(uri);
    if (uri.getHost() == null) {
      throw refused(
          "it has no host, or none that can be read; "
              + "special characters of user and password are percent-encoded (@ as %40, : as %3A, / as %2F)");
    }
    String userInfo = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
    int colon = userInfo.indexOf(':');
    String user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
    if (user.isEmpty()) {
      throw refused("it has no user");
    }
    String database = uri.getPath().startsWith("/") ? uri.getPath().substring(1) : "";
    if (database.isEmpty() || database.contains("/")) {
      throw refused("it has no database, or more than one");
    }
    return new DatabaseUrl(
        List.of(new Host(uri.getHost().replaceAll("[\\[\\]]", ""), portOf(uri))),
        database,
        user,
        colon < 0 ? "" : decoded(userInfo.substring(colon + 1)),
        tls);
  }

  private static DatabaseTls tls(URI uri) {
    Map<String, String> parameters = new HashMap<>();
    if (uri.getRawQuery() != null) {
      for (String parameter : uri.getRawQuery().split("&", -1)) {
        int equals = parameter.indexOf('=');
        parameters.put(
            equals < 0 ? parameter : parameter.substring(0, equals),
            decoded(parameter.substring(equals + 1)));
      }
    }
    try {
      return DatabaseTls.of(parameters);
    } catch (IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  private static URI uriOf(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      throw refused("it is no URL; special characters of user and password are percent-encoded");
    }
  }

  private static int portOf(URI uri) {
    int port = uri.getPort() < 0 ? POSTGRESQL_PORT : uri.getPort();
    if (port < 1 || port > MOST_PORT) {
      throw refused("its port is not one of 1 to " + MOST_PORT);
    }
    return port;
  }

  private static IllegalArgumentException refused(String why) {
    return new IllegalArgumentException(
        "the database URL is not understood: " + why + " (expected: " + EXPECTED + ")");
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Of several hosts, the one is used that can be written to. */
  PostgresqlConnectionFactory connections(Duration connectTimeout) {
    var to = PostgresqlConnectionConfiguration.builder()
        .database(database)
        .username(user)
        .password(password)
        .connectTimeout(connectTimeout);
    if (hosts.size() == 1) {
      to.host(hosts.get(0).name()).port(hosts.get(0).port());
    } else {
      hosts.forEach(host -> to.addHost(host.name(), host.port()));
      to.targetServerType(TargetServerType.PRIMARY).hostRecheckTime(RECHECK);
    }
    tls.applyTo(to);
    return new PostgresqlConnectionFactory(to.build());
  }

  /** The same as settings of {@code akka.persistence.r2dbc.connection-factory}, which has one address or a URL. */
  Map<String, Object> journal() {
    if (hosts.size() == 1) {
      return Map.of(
          "host",
          hosts.get(0).name(),
          "port",
          hosts.get(0).port(),
          "database",
          database,
          "user",
          user,
          "password",
          password,
          "ssl",
          tls.journal());
    }
    return Map.of(
        "ssl",
        tls.journal(),
        "url",
        "r2dbc:postgresql:failover://" + encoded(user) + ":" + encoded(password) + "@" + places()
            + "/" + encoded(database) + "?targetServerType=primary&hostRecheckTime=" + RECHECK);
  }

  private String places() {
    return hosts.stream().map(Host::toString).collect(Collectors.joining(","));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public String toString() {
    return "postgresql://" + user + "@" + places() + "/" + database + tls;
  }
}
