package dev.sluice.ingress;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose bytes are passed on as they are.
 *
 * @param ports by the port that clients connect to
 * @param datagrams by the port that clients send UDP to
 * @param hosts by the host that the handshake of TLS names, in lower case; {@code *.} and a suffix for one label
 */
public record StreamRoutes(
    SortedMap<Integer, StreamRoute> ports,
    SortedMap<Integer, StreamRoute> datagrams,
    SortedMap<String, StreamRoute> hosts) {
  /** None. */
  public static final StreamRoutes NONE =
      new StreamRoutes(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

  /**
   * Where the bytes of a connection go.
   *
   * @param readsProxy whether clients begin with a header of the PROXY protocol
   * @param writesProxy whether endpoints are sent one
   */
  public record StreamRoute(Action.Backend backend, boolean readsProxy, boolean writesProxy) {}

  static StreamRoutes of(
      Map<Integer, StreamRoute> ports,
      Map<Integer, StreamRoute> datagrams,
      Map<String, StreamRoute> hosts) {
    return ports.isEmpty() && datagrams.isEmpty() && hosts.isEmpty()
        ? NONE
        : new StreamRoutes(new TreeMap<>(ports), new TreeMap<>(datagrams), new TreeMap<>(hosts));
  }

  /** Where TLS for this host goes as it comes; null if it ends here. */
  public @Nullable StreamRoute host(String host) {
    StreamRoute own = hosts.get(host);
    int dot = host.indexOf('.');
    return own != null || dot < 1 ? own : hosts.get("*" + host.substring(dot));
  }
}
