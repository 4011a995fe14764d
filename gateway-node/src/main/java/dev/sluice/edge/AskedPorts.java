package dev.sluice.edge;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntConsumer;

/** The ports that a worker has been asked to listen on, as what is declared comes and goes. */
final class AskedPorts {
  private final Set<Integer> asked = new HashSet<>();

  /** Opens what is wanted and was not, closes what was and is not any more. */
  void follow(Set<Integer> wanted, IntConsumer open, IntConsumer close) {
    if (wanted.equals(asked)) {
      return;
    }
    for (Integer port : new ArrayList<>(asked)) {
      if (!wanted.contains(port)) {
        asked.remove(port);
        close.accept(port);
      }
    }
    for (Integer port : wanted) {
      if (asked.add(port)) {
        open.accept(port);
      }
    }
  }

  boolean contains(int port) {
    return asked.contains(port);
  }

  /** Nothing is wanted any more. */
  void clear() {
    asked.clear();
  }
}
