package dev.sluice.model.openai;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** What it costs to look for the usage in one event of a stream that does not hold it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class UsageBenchmark {
  private final byte[] event =
      ("data: {\"id\":\"chatcmpl-123\",\"object\":\"chat.completion.chunk\","
              + "\"created\":1694268190,\"model\":\"gpt-4o\",\"system_fingerprint\":\"fp_44709d6fcb\","
              + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n")
          .getBytes(StandardCharsets.UTF_8);
  private SseUsage scan;

  @Setup
  public void start() {
    scan = new SseUsage(false);
  }

  @Benchmark
  public byte[] passOneEvent() {
    return scan.pass(event, 0, event.length);
  }

  public static void main(String[] arguments) throws RunnerException {
    new Runner(new OptionsBuilder()
            .include(UsageBenchmark.class.getSimpleName())
            .addProfiler("gc")
            .build())
        .run();
  }
}
