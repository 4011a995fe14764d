package dev.sluice.chaos.fault;

import dev.sluice.chaos.traffic.Http;
import java.io.IOException;
import java.nio.file.Path;

/** llama.cpp's own server, with a tiny model: {@code src/test/python/local_model.py}. */
public final class LocalModel implements AutoCloseable {
  /** A Python that has the packages of local-model.txt; the test command makes it, where they can be had. */
  private static final Path PYTHON =
      Path.of("target", "python", "bin", "python").toAbsolutePath();

  private static final Path SCRIPT = Path.of("src", "test", "python", "local_model.py");

  /**
   * Tokens that it has worked on since it was started, by its own count.
   *
   * @param input read anew, or found in its cache
   * @param output said
   */
  public record Counted(long input, long output) {
    public Counted since(Counted before) {
      return new Counted(input - before.input, output - before.output);
    }

    public long all() {
      return input + output;
    }
  }

  private final Process process;
  private final String url;

  private LocalModel(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /** Whether its packages are there. */
  public static boolean installed() throws IOException, InterruptedException {
    return PYTHON.toFile().canExecute()
        && new ProcessBuilder(PYTHON.toString(), "-c", "import gguf, xllamacpp")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
  }

  /** @param folder where the model is made */
  public static LocalModel start(Path folder) throws IOException {
    Process process = new ProcessBuilder(PYTHON.toString(), SCRIPT.toString(), folder.toString())
        .redirectError(folder.resolve("local-model.log").toFile())
        .start();
    String url = process.inputReader().readLine();
    if (url == null) {
      throw new IOException("llama.cpp's server has not started: see local-model.log");
    }
    return new LocalModel(process, url);
  }

  /** Without a path. */
  public String url() {
    return url;
  }

  public Counted counted() throws IOException, InterruptedException {
    String metrics = Http.get(url + "/metrics").body();
    return new Counted(
        figure(metrics, "llamacpp:prompt_tokens_total")
            + figure(metrics, "llamacpp:prompt_tokens_cached_total"),
        figure(metrics, "llamacpp:tokens_predicted_total"));
  }

  private static long figure(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + name + " among its metrics"));
  }

  @Override
  public void close() {
    process.destroy();
  }
}
