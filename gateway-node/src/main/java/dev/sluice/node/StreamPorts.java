package dev.sluice.node;

import dev.sluice.edge.EdgeSettings;
import dev.sluice.ingress.Problem;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which ports of TCP and UDP services this node can listen on. Its workers share ports, so that none of them would notice
 * that somebody else has one: each is tried here first. One thread looks; all others read values that are replaced whole.
 */
final class StreamPorts {
  private final EdgeSettings edge;
  private volatile Set<Integer> free = Set.of();
  private volatile Set<Integer> freeForDatagrams = Set.of();
  private volatile List<Problem> problems = List.of();

  StreamPorts(EdgeSettings edge) {
    this.edge = edge;
  }

  /** Opens a socket and closes it again. */
  private interface Probe {
    /** Fails if the port can't be listened on. */
    void open(int port) throws IOException;
  }

  /** Tries those that are wanted and not listened on yet; to be called again for those that fail. */
  synchronized void look(Set<Integer> wanted, Set<Integer> wantedForDatagrams) {
    if (wanted.equals(free) && wantedForDatagrams.equals(freeForDatagrams)) {
      problems = List.of();
      return;
    }
    TreeSet<Problem> found = new TreeSet<>();
    free = free(wanted, free, "TCP", this::openForStreams, found);
    freeForDatagrams =
        free(wantedForDatagrams, freeForDatagrams, "UDP", this::openForDatagrams, found);
    problems = List.copyOf(new ArrayList<>(found));
  }

  private Set<Integer> free(
      Set<Integer> wanted, Set<Integer> known, String protocol, Probe probe, Set<Problem> found) {
    Set<Integer> now = new TreeSet<>();
    for (int port : wanted) {
      try {
        if (!known.contains(port)) {
          probe.open(port);
        }
        now.add(port);
      } catch (IOException e) {
        found.add(new Problem(
            "",
            "",
            "",
            "port " + port + " of a " + protocol + " service can't be listened on: "
                + e.getMessage(),
            "a port that is free on " + edge.host(),
            "nobody listens on this port"));
      }
    }
    return Set.copyOf(now);
  }

  private void openForStreams(int port) throws IOException {
    if (port == edge.port() || port == edge.tlsPort()) {
      throw new IOException("it is this gateway's own");
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(edge.host(), port));
    }
  }

  private void openForDatagrams(int port) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.bind(new InetSocketAddress(edge.host(), port));
    }
  }

  /** Those of TCP to listen on. */
  Set<Integer> free() {
    return free;
  }

  /** Those of UDP to listen on. */
  Set<Integer> freeForDatagrams() {
    return freeForDatagrams;
  }

  /** A problem for each of the others. */
  List<Problem> problems() {
    return problems;
  }
}
