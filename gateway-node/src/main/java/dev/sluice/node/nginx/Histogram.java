package dev.sluice.node.nginx;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** How often values fell below each of some bounds. For many threads; a reader may see one value that others lack. */
final class Histogram {
  private final Buckets buckets;
  private final AtomicLongArray counts;
  private final LongAdder sum = new LongAdder();

  Histogram(Buckets buckets) {
    this.buckets = buckets;
    this.counts = new AtomicLongArray(buckets.size() + 1);
  }

  /** @param value in the unit of the buckets' bounds; a negative one says that there is none */
  void record(long value) {
    if (value >= 0) {
      counts.incrementAndGet(buckets.indexOf(value));
      sum.add(value);
    }
  }

  Buckets buckets() {
    return buckets;
  }

  /** How many values lie above the bound before bucket {@code i}, and not above its own. */
  long count(int i) {
    return counts.get(i);
  }

  long sum() {
    return sum.sum();
  }
}
