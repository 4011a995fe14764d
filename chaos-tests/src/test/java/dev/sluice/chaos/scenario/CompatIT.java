package dev.sluice.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Wire cases of ingress-nginx, on a real API server where there is one: none fails or is left out that is not listed with
 * its reason. The cases are in {@code compat}.
 */
class CompatIT {
  private static final Path LAUNCHER = Path.of("..", "sluice");
  private static final Path PYTHON = Path.of("target", "python", "bin", "python");
  private static final Path EXPECTED =
      Path.of("src", "test", "resources", "compat", "expected-failures.yaml").toAbsolutePath();
  private static final long MOST_MINUTES = 15;
  private static final double LEAST_PERCENT = 95;

  @Test
  void noCaseFailsThatIsNotListed() throws IOException, InterruptedException {
    assumeTrue(
        has(PYTHON.toString(), "-c", "import yaml, h2") && has("openssl", "version"),
        "the wire cases of ingress-nginx need the packages of src/test/python, which ./sluice test installs, and openssl");
    Process compat = new ProcessBuilder(
            LAUNCHER.toString(), "compat", "--expected", EXPECTED.toString())
        .redirectErrorStream(true)
        .start();
    String output = new String(compat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(compat.waitFor(MOST_MINUTES, TimeUnit.MINUTES)).isTrue();
    assertThat(output).containsPattern("\\d+ passed, \\d+ failed, \\d+ skipped");
    assertThat(output.lines().filter(line -> line.startsWith("failed "))).isEmpty();
    assertThat(percentage(output)).isGreaterThanOrEqualTo(LEAST_PERCENT);
    assertThat(compat.exitValue()).as(output).isZero();
  }

  /** Of the cases that need neither nginx directives nor ModSecurity, those that passed. */
  private static double percentage(String output) {
    Matcher said = Pattern.compile("(\\d+\\.\\d) %").matcher(output);
    assertThat(said.find()).as(output).isTrue();
    return Double.parseDouble(said.group(1));
  }

  private static boolean has(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
