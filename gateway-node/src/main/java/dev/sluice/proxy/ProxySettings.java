package dev.sluice.proxy;

import com.typesafe.config.Config;
import dev.sluice.state.Section;

/**
 * {@code sluice.proxy} in reference.conf.
 *
 * @param httpPort port that clients reach plain HTTP at, told to upstreams
 * @param httpsPort port that clients reach HTTPS at, told to upstreams and written into redirects unless it is 443
 * @param unsentBytes bytes that may wait for a slow reader, per direction, before its sender is held back
 * @param mirrors whether copies of requests are sent where routes ask for them
 * @param shadow how answers are compared with those of another gateway
 */
public record ProxySettings(
    int httpPort, int httpsPort, int unsentBytes, boolean mirrors, ShadowSettings shadow) {
  /** @throws IllegalArgumentException that names the key, its value and what was expected */
  public static ProxySettings from(Config config) {
    Section proxy = Section.of(config, "sluice.proxy");
    return new ProxySettings(
        proxy.port("http-port"),
        proxy.port("https-port"),
        (int) proxy.bytes("unsent-bytes", 4096, 64 * 1024 * 1024),
        !Section.of(config, "sluice.node").text("mode").equals("observe"),
        ShadowSettings.from(config));
  }
}
