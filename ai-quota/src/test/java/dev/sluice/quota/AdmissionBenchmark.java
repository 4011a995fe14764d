package dev.sluice.quota;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What a request costs that is admitted from a lease and settled, on a path of eight buckets with a sliding window, of
 * the sixteen paths that a node has leases of. The entity's side answers at once and costs nothing here.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AdmissionBenchmark {
  private static final int PATHS = 16;
  private static final int BUCKETS = 8;
  private static final long LIFE = 30_000;
  private static final Amounts MUCH =
      new Amounts(1L << 50, 1L << 50, 1L << 50, 1L << 50, 1L << 50, 1L << 50);

  private final Amounts need = Amounts.ofRequest(900, 4_096, 47_000_000);
  private final Amounts used = Amounts.ofRequest(300, 120, 3_000_000);
  private final List<String> paths =
      IntStream.range(0, PATHS).mapToObj(i -> "keys/k" + i).toList();
  private NodeLeases leases;
  private int next;

  @Setup
  public void open() {
    leases = new NodeLeases(QuotaSettings.from(ConfigFactory.load()));
    List<ToNode.Room> rooms = IntStream.range(0, BUCKETS)
        .mapToObj(i -> new ToNode.Room("limit-" + i, Unit.TOKENS, 1L << 50, 1L << 49, 1_000))
        .toList();
    long start = System.nanoTime();
    leases.connect((tenant, message) -> {
      long now = 1_800_000_000_000L + (System.nanoTime() - start) / 1_000_000;
      if (message instanceof ToEntity.Ask ask) {
        leases.take(
            tenant,
            new ToNode.Granted(ask.no(), ask.attempt(), now, MUCH, now + LIFE, false, 234, rooms));
      } else if (message instanceof ToEntity.Report report) {
        leases.take(tenant, new ToNode.Acked(report.no(), report.n()));
      }
    });
  }

  @TearDown
  public void close() {
    leases.close();
  }

  @Benchmark
  public boolean admitAndSettle() {
    String path = paths.get(next++ & PATHS - 1);
    Admission answer = leases.hold("demo", path, need, later -> {});
    if (answer instanceof Admission.Admitted admitted) {
      leases.settle("demo", admitted.hold(), used);
      return true;
    }
    return false;
  }

  public static void main(String[] arguments) throws RunnerException {
    new Runner(new OptionsBuilder()
            .include(AdmissionBenchmark.class.getSimpleName())
            .addProfiler("gc")
            .build())
        .run();
  }
}
