package dev.sluice.state;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Where the database is, read from {@code postgresql://user:password@host:5432/name}. Never prints the password.
 *
 * @param host name or address; an IPv6 address without brackets
 */
public record DatabaseUrl(String host, int port, String database, String user, String password) {
  private static final String EXPECTED = "postgresql://user:password@host:5432/database";
  private static final int POSTGRESQL_PORT = 5432;
  private static final int MOST_PORT = 65535;

  /** @throws IllegalArgumentException that says what is wrong and what was expected, and shows nothing of the URL */
  public static DatabaseUrl parse(String url) {
    URI uri = uriOf(url);
    if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme())) {
      throw refused("it does not begin with postgresql://");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw refused("it has something behind the database's name; "
          + "parameters are not known, and ? and # in a password are written %3F and %23");
    }
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
        uri.getHost().replaceAll("[\\[\\]]", ""),
        portOf(uri),
        database,
        user,
        colon < 0 ? "" : decoded(userInfo.substring(colon + 1)));
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

  @Override
  public String toString() {
    String shownHost = host.contains(":") ? "[" + host + "]" : host;
    return "postgresql://" + user + "@" + shownHost + ":" + port + "/" + database;
  }
}
