package dev.sluice.state;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Where the database is, read from {@code postgresql://user:password@host:5432/name}. Never prints the password. */
public record DatabaseUrl(String host, int port, String database, String user, String password) {
  private static final String EXPECTED = "postgresql://user:password@host:5432/database";
  private static final int POSTGRESQL_PORT = 5432;

  /** @throws IllegalArgumentException that says what was expected, and shows no password */
  public static DatabaseUrl parse(String url) {
    try {
      URI uri = new URI(url);
      String userInfo = uri.getRawUserInfo();
      boolean postgresql =
          "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
      if (!postgresql
          || uri.getHost() == null
          || uri.getPath() == null
          || uri.getPath().length() < 2
          || userInfo == null) {
        throw new IllegalArgumentException(
            "the database URL is not understood (expected: " + EXPECTED + ")");
      }
      int colon = userInfo.indexOf(':');
      return new DatabaseUrl(
          uri.getHost(),
          uri.getPort() < 0 ? POSTGRESQL_PORT : uri.getPort(),
          uri.getPath().substring(1),
          decoded(colon < 0 ? userInfo : userInfo.substring(0, colon)),
          colon < 0 ? "" : decoded(userInfo.substring(colon + 1)));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "the database URL is not understood (expected: " + EXPECTED + ")");
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "postgresql://" + user + "@" + host + ":" + port + "/" + database;
  }
}
