package dev.sluice.node;

import dev.sluice.edge.EdgeSettings;
import dev.sluice.ingress.Problem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which ports of TCP services this node can listen on. Its workers share ports, so that none of them would notice that
 * somebody else has one: each is tried here first. One thread looks; all others read values that are replaced whole.
 */
final class StreamPorts {
  private final EdgeSettings edge;
  private volatile Set<Integer> free = Set.of();
  private volatile List<Problem> problems = List.of();

  StreamPorts(EdgeSettings edge) {
    this.edge = edge;
  }

  /** Tries those that are wanted and not listened on yet; to be called again for those that fail. */
  synchronized void look(Set<Integer> wanted) {
    if (wanted.equals(free)) {
      problems = List.of();
      return;
    }
    Set<Integer> now = new TreeSet<>();
    List<Problem> found = new ArrayList<>();
    for (int port : wanted) {
      String why = free.contains(port) ? "" : whyTaken(port);
      if (why.isEmpty()) {
        now.add(port);
      } else {
        found.add(new Problem(
            "",
            "",
            "",
            "port " + port + " of a TCP service can't be listened on: " + why,
            "a port that is free on " + edge.host(),
            "nobody listens on this port"));
      }
    }
    found.sort(Comparator.naturalOrder());
    free = Set.copyOf(now);
    problems = List.copyOf(found);
  }

  private String whyTaken(int port) {
    if (port == edge.port() || port == edge.tlsPort()) {
      return "it is this gateway's own";
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(edge.host(), port));
      return "";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Those to listen on. */
  Set<Integer> free() {
    return free;
  }

  /** A problem for each of the others. */
  List<Problem> problems() {
    return problems;
  }
}
