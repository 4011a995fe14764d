package dev.sluice.ingress;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Names that look most like one that nobody has. */
final class NearestNames {
  private NearestNames() {}

  /** Up to so many of them, the most alike first, by how many characters must be changed, put in or taken out. */
  static List<String> of(String name, Collection<String> known, int most) {
    return known.stream()
        .sorted(Comparator.<String>comparingInt(one -> distance(name, one))
            .thenComparing(Comparator.naturalOrder()))
        .limit(most)
        .toList();
  }

  private static int distance(String one, String other) {
    int[] before = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] now = new int[other.length() + 1];
      now[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        now[j] = Math.min(before[j - 1] + change, Math.min(before[j], now[j - 1]) + 1);
      }
      before = now;
    }
    return before[other.length()];
  }
}
