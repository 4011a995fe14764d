package dev.sluice.node.nginx;

import java.util.concurrent.TimeUnit;

/** Upper bounds of a histogram, those of ingress-nginx. Values are counted in whole units and shown divided. */
final class Buckets {
  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Of times: taken in nanoseconds, shown in seconds. */
  static final Buckets TIMES = new Buckets(
      NANOS,
      new double[] {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
      new String[] {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10"});

  /** Of lengths, in bytes. */
  static final Buckets LENGTHS =
      new Buckets(1, new double[] {10, 20, 30, 40, 50, 60, 70, 80, 90, 100}, new String[] {
        "10", "20", "30", "40", "50", "60", "70", "80", "90", "100"
      });

  /** Of sizes, in bytes. */
  static final Buckets SIZES = new Buckets(
      1,
      new double[] {10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000},
      new String[] {"10", "100", "1000", "10000", "100000", "1e+06", "1e+07"});

  private final long[] bounds;
  private final String[] names;
  private final long unit;

  private Buckets(long unit, double[] bounds, String[] names) {
    this.unit = unit;
    this.names = names;
    this.bounds = new long[bounds.length];
    for (int i = 0; i < bounds.length; i++) {
      this.bounds[i] = Math.round(bounds[i] * unit);
    }
  }

  /** How many bounds there are; what lies above all of them is in one more bucket. */
  int size() {
    return bounds.length;
  }

  int indexOf(long value) {
    int i = 0;
    while (i < bounds.length && value > bounds[i]) {
      i++;
    }
    return i;
  }

  /** The bound of a bucket as it is written. */
  String name(int i) {
    return i < names.length ? names[i] : "+Inf";
  }

  /** A sum of values as it is shown. */
  double shown(long sum) {
    return (double) sum / unit;
  }
}
