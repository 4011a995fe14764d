package dev.sluice.edge;

import dev.sluice.wire.Malformed;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What answers the requests of one worker. Called on that worker; never blocks. */
public interface Service {
  void arrived(Arrival arrival);

  /** Whether new connections begin with a header of the PROXY protocol. */
  default boolean proxied() {
    return false;
  }

  /** How many requests a client may send on one connection: the answer to the last one closes it. */
  default long requestsPerConnection() {
    return Long.MAX_VALUE;
  }

  /**
   * What holds for a connection that begins now.
   *
   * @param own settings of the node
   */
  default EdgeSettings settings(EdgeSettings own) {
    return own;
  }

  /** Ports, beside those for HTTP, whose connections are passed on as they are. */
  default Set<Integer> streamPorts() {
    return Set.of();
  }

  /** Where a connection to such a port goes; null if nowhere any more. */
  default @Nullable Onward stream(int port) {
    return null;
  }

  /** Ports whose datagrams are passed on. */
  default Set<Integer> datagramPorts() {
    return Set.of();
  }

  /** Where the datagrams of a client that begins now go; null if nowhere any more. */
  default @Nullable Onward datagrams(int port) {
    return null;
  }

  /** Whether TLS of any host is passed on as it comes. */
  default boolean passesTls() {
    return false;
  }

  /**
   * Where TLS for a host goes as it comes; null if it ends here.
   *
   * @param host lower case, as the handshake names it; empty if it names none
   */
  default @Nullable Onward passesTls(String host) {
    return null;
  }

  /** A connection that was passed on is over. */
  default void passedOn(PassedOn passed) {}

  /** Answers a request that could not be read; its connection closes behind the answer. */
  void malformed(Malformed malformed, Reply reply);
}
