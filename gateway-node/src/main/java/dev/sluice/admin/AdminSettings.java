package dev.sluice.admin;

import com.typesafe.config.Config;
import dev.sluice.state.Section;
import dev.sluice.wire.Addresses;
import java.net.InetSocketAddress;

/**
 * {@code sluice.admin} in reference.conf.
 *
 * @param token that callers must send as a bearer token; empty for none, which only a loopback address may have
 */
public record AdminSettings(String host, int port, String token) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static AdminSettings from(Config config) {
    Section admin = Section.of(config, "sluice.admin");
    AdminSettings settings =
        new AdminSettings(admin.text("host"), admin.port("port"), admin.text("token"));
    InetSocketAddress address = Addresses.of(settings.host(), settings.port());
    boolean loopback = !address.isUnresolved() && address.getAddress().isLoopbackAddress();
    if (settings.token().isEmpty() && !loopback) {
      throw new IllegalArgumentException(
          "sluice.admin.token: missing (expected: a token, because sluice.admin.host "
              + settings.host() + " is no loopback address)");
    }
    return settings;
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
