package dev.sluice.model;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/** A page of a provider's server that is looked at now and then, beside the calls. Blocks whoever reads it. */
final class ServerPage {
  private ServerPage() {}

  /** A GET that is not sent yet, and follows nobody elsewhere. */
  static HttpURLConnection open(URI page, Duration timeout) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) page.toURL().openConnection();
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout((int) timeout.toMillis());
    connection.setReadTimeout((int) timeout.toMillis());
    connection.setRequestProperty("User-Agent", "sluice");
    return connection;
  }
}
