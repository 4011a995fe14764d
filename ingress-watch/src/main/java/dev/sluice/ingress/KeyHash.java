package dev.sluice.ingress;

/** Numbers for keys, by which they are spread: the same on all nodes, and no secret. FNV-1a, its bits then spread. */
public final class KeyHash {
  private static final long START = 0xcbf29ce484222325L;
  private static final long FACTOR = 0x100000001b3L;

  private KeyHash() {}

  public static long of(String text) {
    long hash = START;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FACTOR;
    }
    return spread(hash);
  }

  /** @param to the first byte behind it */
  public static long of(byte[] bytes, int from, int to) {
    long hash = START;
    for (int i = from; i < to; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * FACTOR;
    }
    return spread(hash);
  }

  /** Each bit of the number tells on all bits of the result. */
  public static long spread(long number) {
    long hash = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return hash ^ (hash >>> 31);
  }
}
